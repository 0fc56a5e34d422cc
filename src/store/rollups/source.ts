/** States of a window, those that are kept and those of the other rows, as a table of a SELECT. */
import type { Parameters } from '../client.ts'
import { pairsOf, type Dimension } from './dimensions.ts'
import type { RollupPlan } from './plan.ts'
import { statesOfRows, statesReadBy } from './states.ts'

export interface RollupSource {
  /** A table `s` with the columns dimension, value, agent, slot (the number of the bucket) and those of the states. */
  sql: string
  parameters: Parameters
}

export interface SourceQuery {
  /** Kept by the day; none: only by the hour. */
  dimensions: readonly Dimension[]
  /** Kept by the hour, for what is left of the window besides whole days. @default null */
  hours?: Dimension | null
  /** Agents apart: theirs are kept by the day. @default all agents of the organization together */
  byAgent?: true
  /** Seconds of the buckets of the other rows, counted from a time. @default all in one */
  buckets?: { seconds: number; origin: number }
  agentId?: string
  /** What is selected from `s`, which needs only some of the states. */
  reads: string
}

/** The states of the plan's window. A union has the names of its first part. */
export function rollupSource(plan: RollupPlan, query: SourceQuery): RollupSource {
  const { agentId, buckets, dimensions, hours = null } = query
  const ofAgent = agentId === undefined ? '' : ' AND code_agent_id = {agentId:String}'
  const bucketOf = (seconds: string): string =>
    buckets === undefined ? 'toInt64(0)' : `intDiv(${seconds} - ${buckets.origin}, ${buckets.seconds})`
  const states = statesReadBy(query.reads)
  const kept = `SELECT dimension, value, toString(code_agent_id) AS agent, ${bucketOf('toUnixTimestamp(bucket)')} AS slot, ${states.join(', ')}
    FROM code_exec_rollups WHERE ${plan.rollups.sql}${ofAgent} AND ${keptOf(query)}`
  const rows = `SELECT ${keysOfRows(query)}, ${bucketOf('toUnixTimestamp(started_at)')} AS slot, ${statesOfRows(states)}
    FROM code_exec_logs FINAL WHERE ${plan.rows.sql}${ofAgent}`
  return {
    sql: `(${kept} UNION ALL ${rows} GROUP BY dimension, value, agent, slot HAVING count() > 0) AS s`,
    parameters: {
      ...plan.rows.parameters,
      ...plan.rollups.parameters,
      dimensions: dimensions.map(({ name }) => name),
      ...(hours !== null && { hours: hours.name }),
      ...(agentId !== undefined && { agentId }),
    },
  }
}

/** Dimension, value and agent of a row, which belongs to several dimensions where several are asked for. */
function keysOfRows({ byAgent, dimensions, hours = null }: SourceQuery): string {
  const asked = dimensions.length === 0 && hours !== null ? [hours] : dimensions
  const [only] = asked
  const agent = byAgent ? 'toString(code_agent_id) AS agent' : "'' AS agent"
  return asked.length === 1 && only !== undefined
    ? `'${only.name}' AS dimension, ${only.value} AS value, ${agent}`
    : `(arrayJoin(${pairsOf(asked)}) AS pair).1 AS dimension, pair.2 AS value, ${agent}`
}

const OF_DAYS = 'dimension IN {dimensions:Array(String)}'
const OF_HOURS = 'dimension = {hours:String}'

/** Whole days by the day, and the other hours by the hour. */
function keptOf({ dimensions, hours = null }: SourceQuery): string {
  if (hours === null) return OF_DAYS
  if (dimensions.length === 0) return OF_HOURS
  return `or(and(${OF_DAYS}, bucket >= {firstDay:DateTime}, bucket < {endDay:DateTime}),
      and(${OF_HOURS}, or(bucket < {firstDay:DateTime}, bucket >= {endDay:DateTime})))`
}
