/** States of groups of errors, from what was decided about them and when they were seen. */
import type { Scope } from './scope.ts'

/** `regressed`: resolved, and seen again since. */
export const ERROR_STATES = ['open', 'regressed', 'resolved', 'ignored'] as const
export type ErrorState = (typeof ERROR_STATES)[number]

/** A group that was resolved at a time, or is ignored. */
export interface SettledError {
  organizationId: string
  fingerprint: string
  /** ms since the epoch; null: ignored whenever it is seen. */
  resolvedAt: number | null
}

const FINGERPRINT = /^[0-9a-f]{16}$/u
const OPEN = -1
const IGNORED = 0

/**
 * An expression over a row of `code_exec_logs`: when its group was resolved, in ms; 0 if it is ignored, −1 if it is open.
 * It has only hexadecimal digits of what callers give.
 */
export function settledAt(scope: Scope, settled: readonly SettledError[]): string {
  const known = settled.filter(({ fingerprint }) => FINGERPRINT.test(fingerprint))
  if (known.length === 0) return `toInt64(${OPEN})`
  const keys = known.map(({ organizationId, fingerprint }) =>
    scope === 'all' ? `'${hex(organizationId)}:${fingerprint}'` : `'${fingerprint}'`,
  )
  const times = known.map(({ resolvedAt }) => (resolvedAt === null ? IGNORED : Math.floor(resolvedAt)))
  const key =
    scope === 'all'
      ? "concat(hex(organization_id), ':', ifNull(error_fingerprint, ''))"
      : "ifNull(error_fingerprint, '')"
  return `transform(${key}, [${keys.join(', ')}], CAST([${times.join(', ')}] AS Array(Int64)), toInt64(${OPEN}))`
}

/** The state of a group of rows with `settled_at`. Over several organizations it is that which needs most attention. */
export const STATE_OF_GROUP = `multiIf(countIf(settled_at = ${OPEN}) > 0, 'open',
  countIf(settled_at > ${IGNORED} AND ms > settled_at) > 0, 'regressed', countIf(settled_at > ${IGNORED}) > 0, 'resolved', 'ignored')`

/** Without the ignored, only rows of other organizations make a group. */
export function isWanted(wanted: readonly ErrorState[]): string {
  return wanted.includes('ignored') ? 'true' : `settled_at != ${IGNORED}`
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase()
}
