/** `--since`, `--from` and `--to` as query parameters. */
import { InvalidRequestError } from '../errors.ts'

export interface WindowOptions {
  since?: string
  from?: string
  to?: string
  org?: string
}

const SPAN = /^(\d{1,6})([smhd])$/
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

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
  const [, count, unit] = SPAN.exec(since) ?? []
  const unitMs = UNIT_MS[unit ?? '']
  if (unitMs === undefined) {
    throw new InvalidRequestError([
      { path: '--since', message: `${since} is not a span; write one such as 90s, 15m, 6h or 30d` },
    ])
  }
  return new Date(now - Number(count) * unitMs).toISOString()
}
