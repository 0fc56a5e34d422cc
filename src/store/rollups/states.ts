/** Figures of executions as states: computed from rows or read from `code_exec_rollups`, and merged. */
import { COST, LEVELS, LOG_DURATION } from '../measures.ts'

const DISTRIBUTIONS = {
  duration: 'duration_ms',
  queue: 'queue_ms',
  startup: 'startup_ms',
  memory: 'memory_peak_bytes',
} as const
/** Those of them that every execution has. */
const ALWAYS: ReadonlySet<string> = new Set(['duration_ms', 'queue_ms', 'startup_ms'])
const TOTALS = { tokens: 'tokens_used', tokens_in: 'input_tokens', tokens_out: 'output_tokens' } as const
const COSTS = {
  cost_run: 'cost_run_nano_usd',
  cost_allocated: 'cost_allocated_nano_usd',
  cost_tokens: 'cost_tokens_nano_usd',
  cost: COST,
} as const

/** Columns of `code_exec_rollups` and how they come from rows. */
const STATES: Readonly<Record<string, string>> = {
  n: 'count()',
  successes: 'countIf(success)',
  validations: 'count(validation_passed)',
  validations_passed: 'countIf(validation_passed)',
  ...each(DISTRIBUTIONS, (column) =>
    ALWAYS.has(column)
      ? {
          n: 'count()',
          sum: `sum(${column})`,
          max: `max(${column})`,
          levels: `quantilesTDigestState(${LEVELS})(${column})`,
        }
      : {
          n: `count(${column})`,
          sum: `ifNull(sum(toFloat64(${column})), 0)`,
          max: `ifNull(max(toFloat64(${column})), 0)`,
          levels: `quantilesTDigestStateIf(${LEVELS})(toFloat64(ifNull(${column}, 0)), isNotNull(${column}))`,
        },
  ),
  ...each(TOTALS, (column) => ({ n: `count(${column})`, sum: `ifNull(sum(${column}), 0)` })),
  ...Object.fromEntries(Object.entries(COSTS).map(([name, column]) => [name, `sum(${column})`])),
  cost_max: `max(${COST})`,
  log_sum: `sum(${LOG_DURATION})`,
  log_squares: `sum(${LOG_DURATION} * ${LOG_DURATION})`,
  first_seen: 'min(started_at)',
  last_seen: 'max(started_at)',
  message: "argMax(ifNull(error_message, ''), started_at)",
  execution_id: 'argMax(code_exec_logs.execution_id, started_at)',
}

function each(
  measures: Readonly<Record<string, string>>,
  states: (column: string) => Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(measures).flatMap(([name, column]) =>
      Object.entries(states(column)).map(([state, sql]) => [`${name}_${state}`, sql] as const),
    ),
  )
}

export const STATE_NAMES: readonly string[] = Object.keys(STATES)

/** How a state comes from others, named `s`. */
function merged(name: string): string {
  const state = `s.${name}`
  if (name.endsWith('_levels')) return `quantilesTDigestMergeState(${LEVELS})(${state})`
  if (name.endsWith('_max') || name === 'last_seen') return `max(${state})`
  if (name === 'first_seen') return `min(${state})`
  return name === 'message' || name === 'execution_id' ? `argMax(${state}, s.last_seen)` : `sum(${state})`
}

/** Names of the states that SQL reads as columns of `s`. A statement without the others takes half as long to plan. */
export function statesReadBy(sql: string): string[] {
  const read = new Set([...sql.matchAll(/\bs\.(?<name>\w+)/gu)].map(({ groups }) => groups?.['name']))
  return STATE_NAMES.filter((name) => read.has(name))
}

/** The states in a SELECT over `code_exec_logs`, named `s_…`: an alias hides the column that it is computed from. */
export function statesOfRows(names: readonly string[]): string {
  return names.map((name) => `${STATES[name]} AS s_${name}`).join(', ')
}

/** The states in a SELECT over others that are named `s`. */
export function statesOfStates(names: readonly string[]): string {
  return names.map((name) => `${merged(name)} AS ${name}`).join(', ')
}

function mergedDistribution(name: keyof typeof DISTRIBUTIONS): string {
  return `arrayConcat([toFloat64(sum(s.${name}_n)), sum(s.${name}_sum) / sum(s.${name}_n)],
    ${mergedLevels(name)}, [max(s.${name}_max)])`
}

function mergedLevels(name: keyof typeof DISTRIBUTIONS): string {
  return `quantilesTDigestMerge(${LEVELS})(s.${name}_levels)`
}

function mergedTotal(name: keyof typeof TOTALS): string {
  return `[toFloat64(sum(s.${name}_n)), toFloat64(sum(s.${name}_sum)), sum(s.${name}_sum) / sum(s.${name}_n)]`
}

/** Number, successes and durations of `FiguresRow` over states that are named `s`. */
export const DURATIONS_OF_STATES = `sum(s.n) AS n, sum(s.successes) AS successes, ${mergedDistribution('duration')} AS duration`

/** Number, successes, median and 95th percentile of the duration, and sum and squares of its logarithm, over states that are named `s`. */
export const MOMENTS_OF_STATES = `sum(s.n) AS n, sum(s.successes) AS successes,
  arrayMap(level -> ${mergedLevels('duration')}[level], [1, 4]) AS levels, [sum(s.log_sum), sum(s.log_squares)] AS logarithms`

/** The columns of `FiguresRow` in a SELECT over states that are named `s`. */
export const FIGURES_OF_STATES = `sum(s.n) AS n, sum(s.successes) AS successes,
  sum(s.validations) AS validations, sum(s.validations_passed) AS validations_passed,
  ${mergedDistribution('duration')} AS duration, ${mergedDistribution('queue')} AS queue,
  ${mergedDistribution('startup')} AS startup, ${mergedDistribution('memory')} AS memory,
  ${mergedTotal('tokens')} AS tokens, ${mergedTotal('tokens_in')} AS tokens_in, ${mergedTotal('tokens_out')} AS tokens_out,
  sum(s.cost_run) AS cost_run, sum(s.cost_allocated) AS cost_allocated, sum(s.cost_tokens) AS cost_tokens`

/** What groups are ordered by, over states that are named `s`. */
export const ORDER_OF_STATES = {
  count: 'sum(s.n)',
  failures: 'sum(s.n) - sum(s.successes)',
  failureRate: '(sum(s.n) - sum(s.successes)) / sum(s.n)',
  duration: `${mergedLevels('duration')}[4]`,
  memory: 'max(s.memory_max)',
  cost: 'ifNull(sum(s.cost), 0)',
  tokens: 'sum(s.tokens_sum)',
} as const
