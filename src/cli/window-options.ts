/** `--since`, `--from` and `--to` as query parameters. */
import { InvalidRequestError } from '../errors.ts'

export interface WindowOptions {
  since?: string
  from?: string
  to?: string
  org?: string
}

const SPAN = /^(\d{1,6})([smhdw])$/
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
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

/**
 * Length of a span such as 90s or 2w, ms.
 * @throws {InvalidRequestError} for anything else, named by its option
 */
export function spanMs(span: string, option: string): number {
  const [, count, unit] = SPAN.exec(span) ?? []
  const unitMs = UNIT_MS[unit ?? '']
  if (unitMs !== undefined) return Number(count) * unitMs
  throw new InvalidRequestError([
    { path: option, message: `${span} is not a span; write one such as 90s, 15m, 6h, 30d or 2w` },
  ])
}
