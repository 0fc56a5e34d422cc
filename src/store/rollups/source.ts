/** States of a window, those that are kept and those of the other rows, as a table of a SELECT. */
import type { Parameters } from '../client.ts'
import { pairsOf, type Dimension } from './dimensions.ts'
import type { RollupPlan } from './plan.ts'
import { STATE_COLUMNS, STATES_OF_ROWS } from './states.ts'

export interface RollupSource {
  /** A table `s` with the columns dimension, value, agent, bucket (the hour or the day) and those of the states. */
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
}

/** The states of the plan's window. */
export function rollupSource(plan: RollupPlan, query: SourceQuery): RollupSource {
  const { agentId, byAgent, buckets, dimensions, hours = null } = query
  const agent = byAgent ? 'toString(code_agent_id)' : "''"
  const ofAgent = agentId === undefined ? '' : ' AND code_agent_id = {agentId:String}'
  const bucketOf = (seconds: string): string =>
    buckets === undefined ? 'toInt64(0)' : `intDiv(${seconds} - ${buckets.origin}, ${buckets.seconds})`
  const rows = `SELECT pair.1 AS dimension, pair.2 AS value, agent, slot AS bucket, ${STATES_OF_ROWS}
    FROM code_exec_logs FINAL WHERE ${plan.rows.sql}${ofAgent}
    GROUP BY arrayJoin(${pairsOf(dimensions.length === 0 && hours !== null ? [hours] : dimensions)}) AS pair, ${agent} AS agent, ${bucketOf('toUnixTimestamp(started_at)')} AS slot`
  const kept = `SELECT toString(dimension), value, toString(code_agent_id) AS agent, ${bucketOf('toUnixTimestamp(bucket)')} AS slot, ${STATE_COLUMNS}
    FROM code_exec_rollups WHERE ${plan.rollups.sql}${ofAgent} AND ${keptOf(query)}`
  return {
    sql: `(SELECT dimension, value, agent, bucket, ${renamed()} FROM (${rows}) UNION ALL ${kept}) AS s`,
    parameters: {
      ...plan.rows.parameters,
      ...plan.rollups.parameters,
      dimensions: dimensions.map(({ name }) => name),
      ...(hours !== null && { hours: hours.name }),
      ...(agentId !== undefined && { agentId }),
    },
  }
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

/** The states of rows have names of their own, because an alias hides the column that it is computed from. */
function renamed(): string {
  return STATE_COLUMNS.split(', ')
    .map((name) => `s_${name} AS ${name}`)
    .join(', ')
}
