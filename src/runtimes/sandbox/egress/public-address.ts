/** Which addresses are public hosts: global unicast less what IANA set aside, and none of this machine's own. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

/** IANA's IPv4 special-purpose registry whole, multicast and what is reserved. */
const SPECIAL_V4 = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24',
  '203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
  '168.63.129.16/32', // public by number, but Azure answers it with what belongs to the machine
]
/** Of IPv6 only this is assigned as global unicast. */
const GLOBAL_V6 = '2000::/3'
/** What IANA's IPv6 special-purpose registry sets aside within it: Teredo and 6to4, which carry IPv4, among others. */
const SPECIAL_V6 = ['2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20']
/** What stands before an IPv4 address in the last 32 bits: mapped, and translated by NAT64 (RFC 6052). */
const CARRIES_V4 = new Set(['0:0:0:0:0:65535', '100:65435:0:0:0:0'])

const SPECIAL = [...SPECIAL_V4, ...SPECIAL_V6].flatMap((line) => line.split(' '))
const special = blocks(SPECIAL)
const globalV6 = blocks([GLOBAL_V6])

function blocks(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const block of networks) {
    const [address = '', bits] = block.split('/')
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return list
}

/**
 * True for an address of a public host that is not this machine, false for what is no address in its usual spelling.
 * Of IPv4 within IPv6 the IPv4 address is judged.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false
  if (isIPv4(address)) return !special.check(address) && !isOwn(address, 'ipv4')
  const groups = groupsOf(address)
  if (CARRIES_V4.has(groups.slice(0, 6).join(':'))) return isPublicAddress(lastAsV4(groups))
  return (
    globalV6.check(address, 'ipv6') &&
    !special.check(address, 'ipv6') &&
    !isIsatap(groups) &&
    !isOwn(address, 'ipv6')
  )
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = plain.split('::')
  const [front, back] = [numbers(head), numbers(tail ?? '')]
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back]
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16))
}

function lastAsV4(groups: readonly number[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [Math.floor(group / 256), group % 256])
    .join('.')
}

/** ISATAP (RFC 5214) carries IPv4 behind any prefix. */
function isIsatap(groups: readonly number[]): boolean {
  return (groups[4] === 0 || groups[4] === 0x200) && groups[5] === 0x5efe
}

/** Networks within unicast that are no public hosts, and this machine's own addresses, for who takes no predicate. */
export function networksSetAside(): string[] {
  return [...SPECIAL, ...ownAddresses().map(({ address }) => address)]
}

/** Asked each time: addresses come and go. */
function ownAddresses(): NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((list) => list ?? [])
}

function isOwn(address: string, family: 'ipv4' | 'ipv6'): boolean {
  const own = new BlockList()
  for (const one of ownAddresses()) own.addAddress(one.address, one.family === 'IPv6' ? 'ipv6' : 'ipv4')
  return own.check(address, family)
}
