/** Executions of three months with costs, and what they add up to when they are counted by hand. */
import type { ExecutionRecord } from '../../src/execution.ts'
import type { CostFigures } from '../../src/store/cost-measures.ts'
import { makeRecord } from './records.ts'

export const COSTS_WINDOW = 'from=2026-01-10T00:00:00Z&to=2026-04-01T00:00:00Z'

/** A sequence that looks random and is the same in every run. */
let state = 11
function random(): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return state / 2_147_483_648
}
function pick<Value>(values: readonly Value[]): Value {
  const value = values[Math.floor(random() * values.length)]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}
const cost = (): number => Math.floor(random() * 5e9)

function made(): ExecutionRecord {
  const outcome = pick(['success', 'success', 'success', 'failure', 'timeout'] as const)
  const begin = Date.UTC(2026, 0, 10)
  const startedAt = new Date(begin + random() * (Date.UTC(2026, 3, 1) - begin)).toISOString()
  const tokensUsed = random() < 0.5 ? null : 1000
  return makeRecord({
    organizationId: 'spending',
    startedAt,
    timestamp: startedAt,
    outcome,
    success: outcome === 'success',
    codeAgentId: pick(['a', 'b', 'c', null]),
    runtime: pick(['e2b', 'vm2']),
    model: tokensUsed === null ? null : 'gpt-4o',
    tokensUsed,
    costTokensNanoUsd: tokensUsed === null || random() < 0.2 ? null : cost(),
    costRunNanoUsd: random() < 0.3 ? null : cost(),
    costAllocatedNanoUsd: random() < 0.5 ? null : cost(),
  })
}

export const costRecords = Array.from({ length: 300 }, made)

/** The figures of rows, added up one by one. */
export function costFiguresOf(rows: readonly ExecutionRecord[]): CostFigures {
  const sum = (
    some: readonly ExecutionRecord[],
    of: (row: ExecutionRecord) => number | null,
  ): number | null => {
    const known = some.flatMap((row) => of(row) ?? [])
    return known.length === 0 && some.length > 0 ? null : known.reduce((total, value) => total + value, 0)
  }
  const resources = (row: ExecutionRecord): number | null => row.costAllocatedNanoUsd ?? row.costRunNanoUsd
  const whole = (row: ExecutionRecord): number | null => {
    const parts = [resources(row), row.costTokensNanoUsd].filter((part) => part !== null)
    return parts.length === 0 ? null : parts.reduce((total, part) => total + part, 0)
  }
  const good = rows.filter(({ success }) => success)
  const bad = rows.filter(({ success }) => !success)
  const late = rows.filter(({ outcome }) => outcome === 'timeout')
  const total = sum(rows, whole)
  return {
    count: rows.length,
    successCount: good.length,
    costNanoUsd: total,
    costRunNanoUsd: sum(rows, (row) => row.costRunNanoUsd),
    costAllocatedNanoUsd: sum(rows, (row) => row.costAllocatedNanoUsd),
    costTokensNanoUsd: sum(rows, (row) => row.costTokensNanoUsd),
    perSuccessNanoUsd: total === null || good.length === 0 ? null : Math.round(total / good.length),
    unpricedCount: rows.filter((row) => resources(row) === null).length,
    tokensUnpricedCount: rows.filter((row) => row.tokensUsed !== null && row.costTokensNanoUsd === null)
      .length,
    failures: { count: bad.length, costNanoUsd: sum(bad, whole) },
    timeouts: { count: late.length, costNanoUsd: sum(late, whole) },
  }
}
