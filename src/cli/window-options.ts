/** `--since`, `--from` and `--to` as query parameters. */
import { InvalidRequestError } from '../errors.ts'
import { spanMs } from '../service/window.ts'

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

function fromOf({ since, from }: WindowOptions, now: number): string | undefined {
  if (since === undefined) return from
  if (from !== undefined)
    throw new InvalidRequestError([{ path: '--since', message: 'give --since or --from, not both' }])
  return new Date(now - spanMs(since, '--since')).toISOString()
}
