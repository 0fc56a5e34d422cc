/**
 * Keeps `code_exec_rollups` up to date. Figures of a day are computed again from its rows whenever some have arrived, and
 * are read once `code_exec_rollup_days` names their generation, so that doing it again, or twice at once, does no harm.
 */
import type { Store } from '../client.ts'
import { narrow, tenantCondition } from '../tenant.ts'
import { begunAt, beginGeneration } from './generation.ts'
import { keepDays, keepDaysOfEveryone, windowOfDays, type CountedDay } from './keep-days.ts'
import { ARRIVAL_SLACK_MS, CHECKED_DAY, DAY_MS, EVERYONE, REPLACED_DAY } from './plan.ts'
import { readExpiryDays } from '../retention/expiry.ts'
import { removeSuperseded } from './superseded.ts'

export interface RefreshOptions {
  /** Rows of a day from which the figures of an organization, or of everyone, are kept. @default 10,000 */
  organizationRows?: number
  /** Rows of a day from which the figures of an agent by outcome and others are kept. @default 1000 */
  agentRows?: number
  /** Figures that newer ones have replaced for so long are removed, ms. @default 600,000 */
  supersededMs?: number
  /** Ends between two batches of days. */
  signal?: AbortSignal
}

/** A day ends so long before its figures are kept. */
const SETTLED_MS = 3_600_000
/** Rows that are computed at once. Of an organization's month, which lies in one place, each batch reads all. */
const BATCH_ROWS = 2_000_000
/** Their days: all are one parameter, and the engine takes statements of at most 262,144 bytes. */
const BATCH_DAYS = 1000

/** Days of an organization whose figures were computed. @throws {StoreError} */
export async function refreshRollups(
  store: Store,
  { organizationRows = 10_000, agentRows = 1000, supersededMs = 600_000, signal }: RefreshOptions = {},
): Promise<{ days: number }> {
  const generation = await beginGeneration(store)
  const kept = await readKept(store)
  let days = 0
  const since = { checkedMs: kept.checkedMs, wholeFromMs: await readWholeFrom(store, begunAt(generation)) }
  for (const touched of await readTouched(store, since, begunAt(generation))) {
    const isLarge = ({ day, organization_id: id, n }: CountedDay): boolean =>
      Number(n) >= organizationRows || kept.days.get(day)?.has(id) === true
    for (const [keep, counted] of [
      [keepDays, await countRows(store, touched)],
      [keepDaysOfEveryone, await countEveryone(store, touched)],
    ] as const)
      for (const batch of batchesOf(counted.filter(isLarge))) {
        if (signal?.aborted === true) return { days }
        await keep(store, { days: batch, generation, agentRows })
        days += batch.length
      }
  }
  await noteChecked(store, generation)
  if (days > 0) await removeSuperseded(store, supersededMs)
  return { days }
}

/** For everyone too, as soon as anything is kept. */
async function noteChecked(store: Store, generation: number): Promise<void> {
  await store.command(
    `INSERT INTO code_exec_rollup_days
     SELECT DISTINCT arrayJoin([toString(organization_id), '${EVERYONE}']), toDate('${CHECKED_DAY}'), {generation:UInt64}
     FROM code_exec_rollup_days`,
    { generation },
  )
}

interface Kept {
  /** Until when arrivals were looked at, ms; 0 for never. */
  checkedMs: number
  /** Organizations by day. */
  days: ReadonlyMap<string, ReadonlySet<string>>
}

async function readKept(store: Store): Promise<Kept> {
  const rows = await store.query<{ day: string; organizations: string[]; first: string; last: string }>(
    `SELECT day, groupArray(organization_id) AS organizations, min(generation) AS first, max(generation) AS last
     FROM code_exec_rollup_days FINAL GROUP BY day`,
  )
  const checkedMs = begunAt(Number(rows.find(({ day }) => day === CHECKED_DAY)?.first ?? 0))
  const replacedMs = begunAt(Number(rows.find(({ day }) => day === REPLACED_DAY)?.last ?? 0))
  const days = rows.filter(({ day }) => day > REPLACED_DAY)
  return {
    checkedMs: checkedMs > replacedMs ? checkedMs : 0,
    days: new Map(days.map(({ day, organizations }) => [day, new Set(organizations)])),
  }
}

/** Days of one month, with the organizations that have rows that are not in the kept figures. */
interface Touched {
  days: readonly string[]
  organizations: readonly string[]
}

/** Days that have ended and have such rows, the newest month first. */
async function readTouched(
  store: Store,
  { checkedMs, wholeFromMs }: { checkedMs: number; wholeFromMs: number },
  nowMs: number,
): Promise<Touched[]> {
  const where = narrow(
    tenantCondition('all', null),
    `started_at >= fromUnixTimestamp64Milli({wholeFromMs:Int64}) AND started_at < fromUnixTimestamp64Milli({endMs:Int64})
     AND or(inserted_at >= fromUnixTimestamp64Milli({sinceMs:Int64}), started_at >= fromUnixTimestamp64Milli({beginMs:Int64}))`,
    {
      wholeFromMs,
      endMs: startOfDay(nowMs - SETTLED_MS),
      sinceMs: Math.max(0, checkedMs - ARRIVAL_SLACK_MS),
      // Had not ended when figures were kept the last time.
      beginMs: Math.max(0, startOfDay(checkedMs - SETTLED_MS)),
    },
  )
  return store.query<Touched>(
    `SELECT groupUniqArray(toDate(started_at)) AS days, groupUniqArray(organization_id) AS organizations
     FROM code_exec_logs WHERE ${where.sql} GROUP BY toYYYYMM(started_at) AS month ORDER BY month DESC`,
    where.parameters,
  )
}

/** Begin of the first day none of whose rows has gone, or goes soon: figures of days before stay as they are. */
async function readWholeFrom(store: Store, nowMs: number): Promise<number> {
  const days = await readExpiryDays(store)
  return days === null ? 0 : Math.max(0, startOfDay(nowMs - days * DAY_MS) + 2 * DAY_MS)
}

function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS
}

/** Of organizations; rows without one have no figures of their own. */
function countRows(store: Store, { days, organizations }: Touched): Promise<CountedDay[]> {
  const where = narrow(
    tenantCondition('all', windowOfDays(days)),
    'organization_id IN {organizations:Array(String)} AND toDate(started_at) IN {days:Array(Date)}',
    { organizations: organizations.filter((id) => id !== EVERYONE), days },
  )
  return store.query(
    `SELECT organization_id, toDate(started_at) AS day, count() AS n FROM code_exec_logs
     WHERE ${where.sql} GROUP BY organization_id, day ORDER BY organization_id, day DESC`,
    where.parameters,
  )
}

function countEveryone(store: Store, { days }: Touched): Promise<CountedDay[]> {
  const where = narrow(
    tenantCondition('all', windowOfDays(days)),
    'toDate(started_at) IN {days:Array(Date)}',
    { days },
  )
  return store.query(
    `SELECT '${EVERYONE}' AS organization_id, toDate(started_at) AS day, count() AS n FROM code_exec_logs
     WHERE ${where.sql} GROUP BY day ORDER BY day DESC`,
    where.parameters,
  )
}

/** Days that are computed by the same statements: each insert costs the time to sync some hundred files. */
function batchesOf(days: readonly CountedDay[]): CountedDay[][] {
  const batches: CountedDay[][] = []
  let left = 0
  for (const day of days) {
    left -= Number(day.n)
    const batch = batches.at(-1)
    if (left >= 0 && batch !== undefined && batch.length < BATCH_DAYS) batch.push(day)
    else {
      batches.push([day])
      left = BATCH_ROWS - Number(day.n)
    }
  }
  return batches
}
