/** Executions of six hours that a test asks about, and what the same rows give when they are counted by hand. */
import { expect } from 'vitest'
import type { ExecutionRecord } from '../../src/execution.ts'
import type { Figures } from '../../src/store/measures.ts'
import { startApiStack, type ApiStack } from './api-stack.ts'
import { insertRecords, makeRecord } from './records.ts'

export const END = Math.floor(Date.now() / 3_600_000) * 3_600_000
export const HOURS = 6
export const WINDOW = `from=${iso(END - HOURS * 3_600_000)}&to=${iso(END)}`

export function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/** A sequence that looks random and is the same in every run. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const random = sequence(7)
const pick = <Value>(values: readonly Value[]): Value => {
  const value = values[Math.floor(random() * values.length)]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}

function made(): ExecutionRecord {
  const outcome = pick(['success', 'success', 'success', 'failure', 'timeout'] as const)
  const startedAt = iso(END - Math.ceil(random() * HOURS * 3_600_000))
  return makeRecord({
    organizationId: 'asking',
    startedAt,
    timestamp: startedAt,
    outcome,
    success: outcome === 'success',
    errorType: outcome === 'success' ? null : 'exception',
    errorMessage: outcome === 'success' ? null : pick(['Error: Timed out', 'Error: 100% wrong', 'no']),
    codeAgentId: pick(['a', 'b', 'c', 'd', null]),
    runtime: pick(['subprocess', 'vm2']),
    userId: pick(['u1', 'u2', "o'brien", null]),
    durationMs: random() < 0.1 ? 0 : random() * 2000,
    memoryPeakBytes: random() < 0.2 ? null : Math.floor(random() * 1e8),
    tokensUsed: random() < 0.5 ? null : Math.floor(random() * 1000),
    costRunNanoUsd: random() < 0.5 ? null : Math.floor(random() * 1e6),
    validationPassed: pick([true, false, null]),
    stdout: pick(['', 'HELLO world', 'naïve']),
  })
}

export const records = Array.from({ length: 400 }, made)

/** A service over those rows, which were delivered more than once, among rows of another organization. */
export async function startAskedStack(): Promise<ApiStack> {
  const stack = await startApiStack()
  await insertRecords(stack.clickhouse, records)
  await insertRecords(stack.clickhouse, records.slice(0, 100))
  const foreign = records.slice(0, 50)
  await insertRecords(
    stack.clickhouse,
    foreign.map((record) => Object.assign({}, record, { organizationId: 'other' })),
  )
  return stack
}

/** Fails unless the figures are those of the rows. */
export function expectFigures(found: Figures, rows: readonly ExecutionRecord[]): void {
  const good = rows.filter((row) => row.success)
  const durations = rows.map((row) => row.durationMs).toSorted((a, b) => a - b)
  const tokens = rows.flatMap((row) => (row.tokensUsed === null ? [] : [row.tokensUsed]))
  const validated = rows.filter((row) => row.validationPassed !== null)
  const costs = rows.flatMap((row) => (row.costRunNanoUsd === null ? [] : [row.costRunNanoUsd]))
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  expect(found).toMatchObject({
    count: rows.length,
    successCount: good.length,
    validationCount: validated.length,
    memoryPeakBytes: { count: rows.filter((row) => row.memoryPeakBytes !== null).length },
    tokensUsed: { count: tokens.length, sum: tokens.length === 0 ? null : sum(tokens) },
    costRunNanoUsd: costs.length === 0 ? null : sum(costs),
    costAllocatedNanoUsd: null,
  })
  expect(found.successRate).toBe(rows.length === 0 ? null : good.length / rows.length)
  const { p50, p99, max, avg } = found.durationMs
  if (rows.length === 0) return expect([p50, p99, max, avg]).toEqual([null, null, null, null])
  expect(max).toBe(durations.at(-1))
  expect(avg).toBeCloseTo(sum(durations) / durations.length, 6)
  // The estimate lies between neighbours of the true percentile.
  const at = (level: number): number => durations[Math.round(level * (durations.length - 1))] ?? 0
  expect(p50).toBeGreaterThanOrEqual(at(0.45))
  expect(p50).toBeLessThanOrEqual(at(0.55))
  expect(p99).toBeGreaterThanOrEqual(at(0.95))
  return undefined
}
