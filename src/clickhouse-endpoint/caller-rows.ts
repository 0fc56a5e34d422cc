/**
 * Callers of the service: their statements read the rows of one organization, or of one of its workspaces, in one window.
 * A row policy of the engine holds that, before any expression of the statement sees a row; the policy reads whose rows they
 * are from a setting of the connection, which no client can set.
 */
import { z } from 'zod'
import { RefusedStatement } from './refusal.ts'

/** Has no effect without a cluster, so it carries the rows that a statement may read. */
export const ROWS_SETTING = 'cluster_for_parallel_replicas'
/** For everyone who is not a caller. */
export const ALL_ROWS = 'all'
/** For a caller's statement that does not say whose rows it reads. */
export const NO_ROWS = 'none'

/** What callers may read, with the column of the window and the condition of a workspace. */
export const CALLER_TABLES = {
  code_exec_logs: { start: 'started_at', workspace: 'workspace_id' },
  code_exec_events: { start: 'started_at', workspace: 'workspace_id' },
  // Spans carry no workspace, so a caller of one workspace sees none.
  otel_traces: { start: 'Timestamp', workspace: null },
} as const

/** The database in which statements of callers run. */
export const CALLER_DATABASE = 'exectrail_callers'
/** A table there with one row, which no caller may read: whether the policies are in force. */
export const PROBE = 'probe'

const ROWS = `getSetting('${ROWS_SETTING}')`
const part = (index: number): string => `JSONExtractString(${ROWS}, ${index})`
const time = (index: number): string => `parseDateTime64BestEffortOrZero(${part(index)}, 9, 'UTC')`

/** Figures of all organizations, which no caller may read. */
export const CLOSED_TABLES = [
  'code_exec_rollups',
  'code_exec_rollup_days',
  'code_exec_rollup_failures',
  'code_exec_rollup_values',
] as const

function closed(table: string): string {
  return `<${table}><filter>${ROWS} = '${ALL_ROWS}'</filter></${table}>`
}

/** The row policies, as a part of the engine's `users_config`. */
export function rowPolicies(database: string): string {
  if (!/^[A-Za-z_][\w-]*$/u.test(database)) return ''
  const tables = Object.entries(CALLER_TABLES).map(
    ([table, { start, workspace }]) =>
      `<${table}><filter>${escapeXml(rowFilter(start, workspace))}</filter></${table}>`,
  )
  const probe = closed(PROBE)
  return `<databases><${database}>${tables.join('')}${CLOSED_TABLES.map(closed).join('')}</${database}><${CALLER_DATABASE}>${probe}</${CALLER_DATABASE}></databases>`
}

function rowFilter(start: string, workspace: string | null): string {
  const whole = `${part(2)} = ''`
  const own = [
    `JSONLength(${ROWS}) = 4`,
    `organization_id = ${part(1)}`,
    workspace === null ? whole : `(${whole} OR ifNull(${workspace}, '') = ${part(2)})`,
    `${start} >= ${time(3)}`,
    `${start} < ${time(4)}`,
  ]
  return `${ROWS} = '${ALL_ROWS}' OR (${own.join(' AND ')})`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const TIME = z.iso.datetime()
const PREFIX = 'SQL_exectrail_'

/**
 * Takes the parameters that say whose rows a caller reads out of the URL, and returns them as the value of `ROWS_SETTING`.
 * @throws {RefusedStatement} code 36 when one is missing or wrong
 */
export function takeRows(search: URLSearchParams): string {
  const take = (name: string): string | null => {
    const values = search.getAll(PREFIX + name)
    search.delete(PREFIX + name)
    return values.length === 1 ? (values[0] ?? null) : null
  }
  const [organization, workspace, from, to] = ['organization', 'workspace', 'from', 'to'].map(take)
  const isWhole =
    organization && workspace !== null && TIME.safeParse(from).success && TIME.safeParse(to).success
  if (!isWhole)
    throw new RefusedStatement(
      36,
      `A caller's statement names ${PREFIX}organization, _workspace, _from and _to`,
    )
  return JSON.stringify([organization, workspace, from, to])
}
