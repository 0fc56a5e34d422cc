/** Computes the figures of whole days from the rows, and then names their generation, so that they are read. */
import { TupleParam } from '@clickhouse/client'
import type { Store } from '../client.ts'
import type { Window } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'
import {
  AGENT,
  AGENT_DIMENSIONS,
  AGENT_ERRORS,
  ORGANIZATION_DIMENSIONS,
  ORGANIZATION_HOURS,
  WORKSPACE_DIMENSIONS,
  WORKSPACE_HOURS,
  pairsOf,
  type Dimension,
} from './dimensions.ts'
import { IS_FAILURE, KEPT_COLUMNS } from './failures.ts'
import { DAY_MS, EVERYONE } from './plan.ts'
import { STATE_NAMES, statesOfRows } from './states.ts'
import { countValues, VALUE_FIELDS } from './values.ts'

/** A day of an organization, or of everyone, and its rows. */
export interface CountedDay {
  organization_id: string
  day: string
  n: string
}

/** From the first of some days to the end of the last. */
export function windowOfDays(days: readonly string[]): Window {
  const [first = '1970-01-01', ...others] = days.toSorted()
  const last = others.at(-1) ?? first
  return { from: `${first}T00:00:00Z`, to: new Date(Date.parse(last) + DAY_MS).toISOString() }
}

export interface KeptDays {
  days: readonly CountedDay[]
  generation: number
  agentRows: number
}

/** Whose figures are computed by the same statements. */
interface Subjects {
  /** Their `organization_id` in the figures. */
  id: string
  /** What rows are grouped by before all else. */
  by: string
  where: (days: readonly CountedDay[]) => Condition
}

/** Each organization apart. */
const ORGANIZATIONS: Subjects = {
  id: 'organization_id',
  by: 'organization_id, ',
  where: (days) =>
    narrow(
      windowCondition(days),
      '(organization_id, toDate(started_at)) IN {pairs:Array(Tuple(String, Date))}',
      { pairs: pairsOfDays(days) },
    ),
}
/** All together. */
const ALL: Subjects = {
  id: `'${EVERYONE}'`,
  by: '',
  where: (days) =>
    narrow(windowCondition(days), 'toDate(started_at) IN {days:Array(Date)}', {
      days: days.map(({ day }) => day),
    }),
}

function windowCondition(days: readonly CountedDay[]): Condition {
  return tenantCondition('all', windowOfDays(days.map(({ day }) => day)))
}

function pairsOfDays(days: readonly CountedDay[]): TupleParam[] {
  return days.map(({ organization_id: id, day }) => new TupleParam([id, day]))
}

/** All figures of these days of organizations, by the same few statements. @throws {StoreError} */
export async function keepDays(store: Store, kept: KeptDays): Promise<void> {
  const { days, generation } = kept
  await keepFigures(store, ORGANIZATIONS, kept)
  await keepWorkspaces(store, kept)
  const where = ORGANIZATIONS.where(days)
  await store.command(keepFailures(where), { ...where.parameters, generation })
  await nameGeneration(store, kept)
}

/** The same of these days of everyone, without failures, which are kept of each organization. @throws {StoreError} */
export async function keepDaysOfEveryone(store: Store, kept: KeptDays): Promise<void> {
  await keepFigures(store, ALL, kept)
  await nameGeneration(store, kept)
}

async function nameGeneration(store: Store, { days, generation }: KeptDays): Promise<void> {
  await store.command(
    `INSERT INTO code_exec_rollup_days
     SELECT pair.1, pair.2, {generation:UInt64} FROM (SELECT arrayJoin({pairs:Array(Tuple(String, Date))}) AS pair)`,
    { pairs: pairsOfDays(days), generation },
  )
}

async function keepFigures(
  store: Store,
  subjects: Subjects,
  { days, generation, agentRows }: KeptDays,
): Promise<void> {
  const where = subjects.where(days)
  const insert = (dimensions: readonly Dimension[], by: Keys, narrowed: Condition): Promise<void> =>
    store.command(insertSql(subjects, dimensions, by, narrowed), { ...narrowed.parameters, generation })
  await insert(ORGANIZATION_DIMENSIONS, { agent: "''", bucket: DAY }, where)
  await insert([ORGANIZATION_HOURS], { agent: "''", bucket: HOUR }, where)
  await insert([AGENT], OF_AGENT, where)
  const ofLargeAgents = largeParts(where, `${subjects.by}code_agent_id`, agentRows)
  await insert(AGENT_DIMENSIONS, OF_AGENT, ofLargeAgents)
  await insert([AGENT_ERRORS], OF_AGENT, narrow(ofLargeAgents, 'error_fingerprint IS NOT NULL', {}))
  await store.command(keepValues(subjects, where), { ...where.parameters, generation })
}

async function keepWorkspaces(store: Store, { days, generation, agentRows }: KeptDays): Promise<void> {
  const where = narrow(ORGANIZATIONS.where(days), `${WORKSPACE} != ''`, {})
  const large = largeParts(where, `organization_id, ${WORKSPACE}`, agentRows)
  for (const [dimensions, bucket] of [
    [WORKSPACE_DIMENSIONS, DAY],
    [[WORKSPACE_HOURS], HOUR],
  ] as const)
    await store.command(insertSql(ORGANIZATIONS, dimensions, { agent: WORKSPACE, bucket }, large), {
      ...large.parameters,
      generation,
    })
}

/** Of those with at least `rows` on the day. @param keys what distinguishes them */
function largeParts(where: Condition, keys: string, rows: number): Condition {
  const ofDay = `${keys}, toDate(started_at)`
  return narrow(
    where,
    `(${ofDay}) IN (SELECT ${ofDay} FROM code_exec_logs
      WHERE ${where.sql} GROUP BY ${ofDay} HAVING count() >= {partRows:UInt64})`,
    { partRows: rows },
  )
}

/** What besides organization, dimension and value figures are kept for. */
interface Keys {
  agent: string
  bucket: string
}
const HOUR = "toDateTime(toStartOfHour(started_at), 'UTC')"
const DAY = "toDateTime(toDate(started_at), 'UTC')"
const WORKSPACE = "ifNull(toString(workspace_id), '')"
const OF_AGENT: Keys = { agent: 'toString(code_agent_id)', bucket: DAY }

function insertSql(
  { id, by }: Subjects,
  dimensions: readonly Dimension[],
  { agent, bucket }: Keys,
  where: Condition,
): string {
  return `INSERT INTO code_exec_rollups (organization_id, dimension, code_agent_id, bucket, value, generation, ${STATE_NAMES.join(', ')})
    SELECT ${id}, pair.1, agent, slot, pair.2, {generation:UInt64}, ${statesOfRows(STATE_NAMES)}
    FROM code_exec_logs FINAL WHERE ${where.sql}
    GROUP BY ${by}arrayJoin(${pairsOf(dimensions)}) AS pair, ${agent} AS agent, ${bucket} AS slot
    ${OVER_MONTHS}`
}

/** Beyond so many bytes, groups go to the disk: a batch may have as many as rows. */
const OVER_MONTHS = `SETTINGS do_not_merge_across_partitions_select_final = 1,
  max_bytes_before_external_group_by = 1000000000`

function keepFailures(where: Condition): string {
  return `INSERT INTO code_exec_rollup_failures (bucket, generation, ${KEPT_COLUMNS})
    SELECT ${DAY}, {generation:UInt64}, ${KEPT_COLUMNS}
    FROM code_exec_logs FINAL WHERE ${where.sql} AND ${IS_FAILURE} ${OVER_MONTHS}`
}

function keepValues({ id, by }: Subjects, where: Condition): string {
  const keys = [...(by === '' ? [] : ['organization_id']), `${DAY} AS slot`]
  const counted = countValues(VALUE_FIELDS, `code_exec_logs FINAL WHERE ${where.sql}`, keys)
  return `INSERT INTO code_exec_rollup_values (organization_id, field, bucket, value, generation, n)
    SELECT ${id}, field, slot, value, {generation:UInt64}, sum(number) FROM (${counted})
    GROUP BY ${by}field, slot, value ${OVER_MONTHS}`
}
