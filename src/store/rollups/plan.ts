/** Which part of a window is read from `code_exec_rollups`, and which from rows. */
import { TupleParam } from '@clickhouse/client'
import type { Store } from '../client.ts'
import { isWorkspace, type Scope, type Window } from '../scope.ts'
import { toClickHouseTime } from '../rows.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'
import { WORKSPACE_OUTCOME } from './dimensions.ts'
import { begunAt, LEAST_GENERATION } from './generation.ts'
import { isUnkept, noteUnkept } from './unkept.ts'

export interface RollupPlan {
  /** Of rows of `code_exec_logs` that no kept figures cover. */
  rows: Condition
  /** Of kept figures, of every dimension. */
  rollups: Condition
}

export interface PlanQuery {
  scope: Scope
  window: Window
  /** Figures, numbers of values, or failed executions. */
  of: 'figures' | 'values' | 'failures'
  /** An agent, whose figures are kept by the day; null: all of the scope. */
  agentId: string | null
  /** Length of the kept stretches. */
  step: 'hour' | 'day'
}

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
/** A row may be visible this long after its time of arrival. */
export const ARRIVAL_SLACK_MS = 300_000
/** The day in `code_exec_rollup_days` that says until when arrivals were looked at. */
export const CHECKED_DAY = '1970-01-01'
/** The day there that says when rows were last replaced as they had arrived: figures begun until then do not hold. */
export const REPLACED_DAY = '1970-01-02'
/** What figures of every organization together have in place of one. Rows without an organization have none of their own. */
export const EVERYONE = ''
/** Beyond them the window is read from rows at once. */
const RANGES_MAX = 40

interface Day {
  day: string
  generation: string
}

/** Null where the figures of the window are read only from rows. */
export async function planRollups(store: Store, query: PlanQuery): Promise<RollupPlan | null> {
  const { scope, window } = query
  if (!isKept(query)) return null
  const inner = wholeSteps(window, query.step === 'day' ? DAY_MS : HOUR_MS)
  if (inner.to - inner.from < DAY_MS / 2) return null
  const days = await readDays(store, { ...query, inner })
  const covered = spansOf(days, inner)
  if (covered.length === 0) return null
  const ranges = restOf(covered, window)
  if (ranges.length > RANGES_MAX) return null
  return { rows: rowsCondition(scope, window, ranges), rollups: rollupsCondition(query, inner, days) }
}

type Asked = Pick<PlanQuery, 'scope' | 'of' | 'agentId'>

function isKept({ scope, of, agentId }: Asked): boolean {
  if (scope === 'all') return of !== 'failures'
  if (scope.organizationId === EVERYONE) return false
  return scope.workspaceId === undefined || of === 'failures' || (of === 'figures' && agentId === null)
}

/** Of days: they are of an organization, or of everyone. */
function daysCondition(scope: Scope): Condition {
  if (scope === 'all') return narrow(tenantCondition(scope, null), `organization_id = '${EVERYONE}'`, {})
  const { organizationId, ...workspace } = scope
  return narrow(tenantCondition({ organizationId }, null), 'true', workspace)
}

/** Of what is kept. Failures have their workspace, and figures of a workspace have it in place of an agent. */
function keptCondition({ scope, of }: Asked): Condition {
  if (scope === 'all' || scope.workspaceId === undefined) return daysCondition(scope)
  if (of === 'failures') return tenantCondition(scope, null)
  const { organizationId, workspaceId } = scope
  return narrow(
    tenantCondition({ organizationId }, null),
    "code_agent_id = {workspaceId:String} AND startsWith(dimension, 'workspace.')",
    {
      workspaceId,
    },
  )
}

interface Span {
  from: number
  to: number
}

function wholeSteps({ from, to }: Window, step: number): Span {
  return {
    from: Math.ceil(Date.parse(from) / step) * step + (hasSubMs(from, step) ? step : 0),
    to: Math.floor(Date.parse(to) / step) * step,
  }
}

/** A begin with nanoseconds just after the full hour, which `Date.parse` takes for the full hour. */
function hasSubMs(from: string, step: number): boolean {
  return Date.parse(from) % step === 0 && /\.\d{3}\d*[1-9]/u.test(from)
}

type DaysQuery = PlanQuery & { inner: Span }

/** Days with figures that hold all that has arrived. */
async function readDays(store: Store, query: DaysQuery): Promise<Day[]> {
  const { scope, inner } = query
  const where = narrow(
    daysCondition(scope),
    `or(day IN ('${CHECKED_DAY}', '${REPLACED_DAY}'), and(day >= {first:Date}, day <= {last:Date}))`,
    { first: dayOf(inner.from), last: dayOf(inner.to - 1) },
  )
  const asked = JSON.stringify(where.parameters)
  if (isUnkept(store, asked)) return []
  const rows = await store.query<Day>(
    `SELECT day, generation FROM code_exec_rollup_days FINAL WHERE ${where.sql}`,
    where.parameters,
  )
  const markOf = (mark: string): number => Number(rows.find(({ day }) => day === mark)?.generation ?? 0)
  const checkedMs = begunAt(markOf(CHECKED_DAY))
  const after = Math.max(markOf(REPLACED_DAY), LEAST_GENERATION)
  const days = rows.filter(({ day, generation }) => day > REPLACED_DAY && Number(generation) > after)
  if (checkedMs === 0 || days.length === 0) {
    noteUnkept(store, asked)
    return []
  }
  const part = partOf(query)
  const [touched, ofPart] = await Promise.all([
    readTouched(store, query, checkedMs - ARRIVAL_SLACK_MS),
    part === null ? null : readPartDays(store, query, { part, days }),
  ])
  return days.filter(({ day }) => !touched.has(day) && (ofPart === null || ofPart.has(day)))
}

/** Days of rows that have arrived since. */
async function readTouched(
  store: Store,
  { scope, window }: DaysQuery,
  sinceMs: number,
): Promise<Set<string>> {
  const where = narrow(
    tenantCondition(scope, window),
    'inserted_at >= fromUnixTimestamp64Milli({sinceMs:Int64})',
    { sinceMs },
  )
  const rows = await store.query<{ day: string }>(
    `SELECT DISTINCT toDate(started_at) AS day FROM code_exec_logs WHERE ${where.sql}`,
    where.parameters,
  )
  return new Set(rows.map(({ day }) => day))
}

/** Figures of a part of an organization, which are kept for days on which it is large; null for the whole. */
function partOf({ scope, of, agentId }: Asked): Condition | null {
  if (agentId !== null)
    return {
      sql: "dimension = 'agent.outcome' AND code_agent_id = {agentId:String}",
      parameters: { agentId },
    }
  return of === 'figures' && isWorkspace(scope)
    ? { sql: `dimension = '${WORKSPACE_OUTCOME}'`, parameters: {} }
    : null
}

/** Days for which the figures of the part are kept. */
async function readPartDays(
  store: Store,
  query: DaysQuery,
  { part, days }: { part: Condition; days: readonly Day[] },
): Promise<Set<string>> {
  const where = narrow(rollupsCondition(query, query.inner, days), part.sql, part.parameters)
  const rows = await store.query<{ day: string }>(
    `SELECT DISTINCT toDate(bucket) AS day FROM code_exec_rollups WHERE ${where.sql}`,
    where.parameters,
  )
  return new Set(rows.map(({ day }) => day))
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** The days within `inner`, those that follow one another as one span. */
function spansOf(days: readonly Day[], inner: Span): Span[] {
  const spans: Span[] = []
  for (const day of days.map((one) => Date.parse(one.day)).toSorted((a, b) => a - b)) {
    const span = { from: Math.max(day, inner.from), to: Math.min(day + DAY_MS, inner.to) }
    if (span.from >= span.to) continue
    const last = spans.at(-1)
    if (last?.to === span.from) last.to = span.to
    else spans.push(span)
  }
  return spans
}

/** What is left of the window; some of it may be empty. */
function restOf(spans: readonly Span[], { from, to }: Window): Window[] {
  const begins = [from, ...spans.map((span) => new Date(span.to).toISOString())]
  const ends = [...spans.map((span) => new Date(span.from).toISOString()), to]
  return begins.map((begin, index) => ({ from: begin, to: ends[index] ?? to }))
}

function rowsCondition(scope: Scope, window: Window, ranges: readonly Window[]): Condition {
  const parts = ranges.map(
    (_, index) => `and(started_at >= {from${index}:DateTime64(9)}, started_at < {to${index}:DateTime64(9)})`,
  )
  const parameters = ranges.flatMap(({ from, to }, index) => [
    [`from${index}`, toClickHouseTime(from)] as const,
    [`to${index}`, toClickHouseTime(to)] as const,
  ])
  return narrow(tenantCondition(scope, window), `or(${parts.join(', ')})`, Object.fromEntries(parameters))
}

function rollupsCondition(asked: Asked, { from, to }: Span, days: readonly Day[]): Condition {
  return narrow(
    keptCondition(asked),
    `bucket >= {firstBucket:DateTime} AND bucket < {endBucket:DateTime}
     AND (toDate(bucket), generation) IN {generations:Array(Tuple(Date, UInt64))}`,
    {
      firstBucket: from / 1000,
      endBucket: to / 1000,
      firstDay: (Math.ceil(from / DAY_MS) * DAY_MS) / 1000,
      endDay: (Math.floor(to / DAY_MS) * DAY_MS) / 1000,
      generations: days.map(({ day, generation }) => new TupleParam([day, BigInt(generation)])),
    },
  )
}
