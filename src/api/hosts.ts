/**
 * The names by which the service may be called. A page elsewhere can have its own name resolve to this machine (DNS
 * rebinding); its requests then come with that name in `Host`.
 */
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './context.ts'
import { HttpProblem } from './problem.ts'

const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']
const MISDIRECTED = { status: 421, code: 'foreign_host', title: 'The service is not called by that name' }

export interface HostOptions {
  /** The address it listens on. */
  host: string
  /** Further names. */
  allowedHosts: readonly string[]
}

/**
 * Every name the service answers to; null for any. One that listens beyond loopback is called by names it cannot know, so
 * it checks them only where they are given.
 */
export function namesOf({ host, allowedHosts: allowed }: HostOptions): ReadonlySet<string> | null {
  const own = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const isLoopback = LOOPBACK.includes(own)
  if (!isLoopback && allowed.length === 0) return null
  return new Set([...LOOPBACK, own, ...allowed].map((name) => name.toLowerCase()))
}

/** Refuses a request to another name with 421. */
export function checkHost(names: ReadonlySet<string> | null): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const given = c.req.header('Host') ?? new URL(c.req.url).host
    if (names !== null && !names.has(nameOf(given))) throw foreignHost(given)
    return next()
  }
}

/** Without the port; '' for what is no host. */
function nameOf(host: string): string {
  return /^(?<name>\[[\d:a-f.]+\]|[\w.-]+)(?::\d{1,5})?$/iu.exec(host)?.groups?.['name']?.toLowerCase() ?? ''
}

function foreignHost(given: string): HttpProblem {
  return new HttpProblem(MISDIRECTED, `this service is not called ${JSON.stringify(given.slice(0, 100))}`, {
    hint: 'Call it by the address that `exectrail up` printed, or name further hosts in EXECTRAIL_ALLOWED_HOSTS.',
  })
}
