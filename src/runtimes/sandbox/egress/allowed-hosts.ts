/** The list of allowed hosts (`network.allow`): which host is on it, however it is spelled. */
import { isIP, isIPv6 } from 'node:net'

const LABEL = /^[a-z0-9_-]+$/

/** True where `host` is on the list: by its name, as a name below `*.name`, or as an address. */
export function isAllowed(host: string, allow: readonly string[]): boolean {
  const name = plainName(host)
  if (name === '') return false
  return allow.some((entry) => {
    if (!entry.startsWith('*.')) return plainName(entry) === name
    const parent = plainName(entry.slice(2))
    return parent !== '' && isIP(name) === 0 && name.endsWith(`.${parent}`)
  })
}

/**
 * The one spelling of a host's name or address, without brackets, as URLs have it: lower case, punycode, no dot at the
 * end, an IPv4 address in four numbers. '' for what can be no host.
 */
export function plainName(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (isIPv6(bare)) return bare.includes('%') ? '' : parse(`[${bare}]`).slice(1, -1)
  const name = /[\s/?#@\\:[\]]/.test(host) ? '' : parse(host).replace(/\.$/, '')
  return name.split('.').every((label) => LABEL.test(label)) ? name : ''
}

function parse(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : ''
}
