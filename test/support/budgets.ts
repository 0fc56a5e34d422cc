/** Gates over a real Postgres, their clock, and the budget that they hold executions against. */
import { expect, onTestFinished } from 'vitest'
import { randomUUID } from 'node:crypto'
import { BudgetGate, type Charge } from '../../src/budgets/gate.ts'
import { sourceOf, type BudgetSource } from '../../src/budgets/source.ts'
import { loadPriceBook } from '../../src/cost/price-book.ts'
import { createPricing } from '../../src/cost/pricing.ts'
import type { ExectrailError } from '../../src/errors.ts'
import { budgetStates, type BudgetState } from '../../src/metadata/budget-states.ts'
import { putBudget, type NewBudget } from '../../src/metadata/budgets.ts'
import { NODE_LINE, writePriceFiles } from '../cost/price-files.ts'
import type { TestMetadata } from './metadata.ts'
import { makeRecord } from './records.ts'

export const NOW = Date.parse('2026-11-30T23:59:30Z')
export const USD = 1_000_000_000
/** A processor for 30 s, and 512 MiB for 30 s: 10,000 × 30 + 2,000 × 0.5 × 30, in 10⁻⁹ USD. */
export const ESTIMATE = 330_000

/** A gate of one service; `organization` is fresh, so that tests do not see each other's. */
export async function openBudget(metadata: TestMetadata, given: Partial<NewBudget> = {}) {
  const pricing = createPricing(
    await loadPriceBook(await writePriceFiles({ 'own.json': { resources: [NODE_LINE] } })),
  )
  const organizationId = randomUUID()
  const clock = { now: NOW }
  const budget = await putNew(metadata, { organizationId, ...given })
  const warned: string[] = []
  const gate = (source: BudgetSource = sourceOf(metadata.database)): BudgetGate => {
    const opened = new BudgetGate({
      executorId: randomUUID(),
      source,
      pricing,
      now: () => clock.now,
      warn: (line) => warned.push(line),
    })
    onTestFinished(() => opened.close())
    return opened
  }
  const state = async (): Promise<BudgetState> => {
    const [found] = await budgetStates(metadata.database.queries, { organizationId }, clock.now)
    if (found === undefined) throw new Error('no budget')
    return found
  }
  return { organizationId, clock, budget, gate, state, warned }
}

export function putNew({ database }: TestMetadata, given: Partial<NewBudget> & { organizationId: string }) {
  return putBudget(database.queries, {
    id: randomUUID(),
    workspaceId: null,
    codeAgentId: null,
    userId: null,
    period: 'month',
    limitNanoUsd: USD,
    action: 'refuse',
    setBy: 'installation',
    changedBy: 'test',
    ...given,
  })
}

export const reserve = async (gate: BudgetGate, organizationId: string, of = {}): Promise<Charge> =>
  gate.reserve({
    context: { organizationId, ...of },
    planned: {
      runtime: 'subprocess',
      model: null,
      inputTokens: null,
      outputTokens: null,
      limitTimeoutMs: 30_000,
      limitMemoryBytes: 536_870_912,
      limitCpuMs: null,
    },
  })

export const refused = async (work: Promise<unknown>): Promise<ExectrailError> =>
  work.then(
    () => expect.fail('it was admitted'),
    (error: ExectrailError) => error,
  )

export const cost = (organizationId: string, nanoUsd: number | null, at = NOW) =>
  makeRecord({
    organizationId,
    startedAt: new Date(at).toISOString(),
    costAllocatedNanoUsd: nanoUsd,
    costRunNanoUsd: nanoUsd,
    costTokensNanoUsd: null,
    tokensUsed: null,
  })
