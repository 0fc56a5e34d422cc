/** What a statistic is read from: rows, or for the greater part of its window the figures that are kept. */
import type { Parameters, Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { COST, FIGURES } from '../measures.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'
import type { KeptDimension } from './dimensions.ts'
import { planRollups } from './plan.ts'
import { rollupSource, type SourceQuery } from './source.ts'
import { FIGURES_OF_STATES, ORDER_OF_STATES } from './states.ts'

/** Parts of a SELECT of figures. */
export interface FiguresSource {
  /** What follows FROM. */
  from: string
  parameters: Parameters
  /** The value that they are kept by, where they are. */
  key: 's.agent' | 's.value'
  /** The columns of `FiguresRow`. */
  figures: string
  order: Readonly<Record<keyof typeof ORDER_OF_STATES, string>>
  isKept: boolean
}

const ORDER_OF_ROWS: FiguresSource['order'] = {
  count: 'count()',
  failures: 'countIf(NOT success)',
  failureRate: 'countIf(NOT success) / count()',
  duration: 'quantileTDigest(0.95)(duration_ms)',
  memory: 'ifNull(max(memory_peak_bytes), 0)',
  cost: `ifNull(sum(${COST}), 0)`,
  tokens: 'ifNull(sum(tokens_used), 0)',
}

export interface FiguresQuery {
  scope: Scope
  window: Window
  filter: Filter
}

/** How kept figures answer a question; null where none do. */
export type KeptBy = Omit<SourceQuery, 'dimensions' | 'hours' | 'agentId'> & {
  [Name in keyof KeptDimension]: KeptDimension[Name] | null
}

/** Rows where there is a filter, or no figures are kept of the window. */
export async function figuresSource(
  store: Store,
  { scope, window, filter }: FiguresQuery,
  by: KeptBy | null,
): Promise<FiguresSource> {
  const isWhole = filter.terms.length === 0 && filter.text === undefined
  const asked = { scope, window, of: 'figures', agentId: null } as const
  const step = by?.hours ? 'hour' : 'day'
  const plan = by === null || !isWhole ? null : await planRollups(store, { ...asked, step })
  if (by === null || plan === null) {
    const where = filtered(tenantCondition(scope, window), filter)
    return {
      from: `code_exec_logs FINAL WHERE ${where.sql}`,
      parameters: where.parameters,
      key: 's.value',
      figures: FIGURES,
      order: ORDER_OF_ROWS,
      isKept: false,
    }
  }
  const dimensions = by.days === null ? [] : [by.days]
  const { sql, parameters } = rollupSource(plan, { ...by, dimensions })
  const key = by.byAgent ? 's.agent' : 's.value'
  return { from: sql, parameters, key, figures: FIGURES_OF_STATES, order: ORDER_OF_STATES, isKept: true }
}
