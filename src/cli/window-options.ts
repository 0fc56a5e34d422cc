/** `--since`, `--from` and `--to` as query parameters. */
import { InvalidRequestError } from '../errors.ts'
import { checkTime, resolveWindow, spanMs } from '../service/window.ts'
import type { Window } from '../store/scope.ts'

export interface WindowOptions {
  since?: string
  from?: string
  to?: string
  org?: string
}

/**
 * The window as query parameters of the API.
 * @param now ms since the epoch
 * @throws {InvalidRequestError} for an invalid span, or for `--since` together with `--from`
 */
export function toWindowQuery(options: WindowOptions, now: number) {
  return { from: fromOf(options, now), to: options.to, organization: options.org }
}

/**
 * The window itself, for commands that ask the store; by default the last `span`.
 * @throws {InvalidRequestError} for times that are none, or an empty window
 */
export function readWindow(options: WindowOptions, span: string): Window {
  const now = Date.now()
  const unbounded = options.since === undefined && options.from === undefined
  const asked = toWindowQuery(unbounded ? { ...options, since: span } : options, now)
  const issues = (['from', 'to'] as const).flatMap((name) => {
    const message = asked[name] === undefined ? null : checkTime(asked[name])
    return message === null ? [] : [{ path: `--${name}`, message }]
  })
  if (issues.length > 0) throw new InvalidRequestError(issues)
  return resolveWindow(asked, now)
}

function fromOf({ since, from }: WindowOptions, now: number): string | undefined {
  if (since === undefined) return from
  if (from !== undefined)
    throw new InvalidRequestError([{ path: '--since', message: 'give --since or --from, not both' }])
  return new Date(now - spanMs(since, '--since')).toISOString()
}
