/** Holds executions against the budgets that they are under: before they run, and when their cost is known. */
import { periodAt } from '../cost/period.ts'
import type { Pricing } from '../cost/pricing.ts'
import type { Spend } from '../metadata/budget-ledger.ts'
import type { Budget } from '../metadata/budgets.ts'
import type { ExecutionRecord, StartedRecord } from '../record/record.ts'
import type { Reservation } from './holds.ts'
import { estimateCost, wholeCost, type Planned } from './estimate.ts'
import { describeWarning } from './exceeded.ts'
import { BudgetRules } from './rules.ts'
import type { BudgetSource } from './source.ts'
import { covers, type SubjectField } from './subject.ts'
import { BudgetWriter } from './writer.ts'

/** What one execution has reserved. */
export interface Charge {
  /** Counts what it cost, and gives the reservation back. */
  settle(record: ExecutionRecord): void
  /** Gives the reservation back, of an execution that did not begin; without effect after `settle`. */
  release(): void
}

/** An execution that wants to begin. */
export interface Spender {
  context: Pick<StartedRecord, 'organizationId'> & {
    [Field in SubjectField]?: string | undefined
  }
  planned: Omit<Planned, 'startedAt'>
}

export interface BudgetGateOptions {
  executorId: string
  source: BudgetSource
  pricing: Pricing
  /** ms since the epoch */
  now: () => number
  /** One line for the operator. */
  warn: (line: string, code: string) => void
}

export class BudgetGate {
  readonly #options: BudgetGateOptions
  readonly #rules: BudgetRules
  readonly #writer: BudgetWriter
  readonly #settling = new Set<Promise<void>>()

  constructor(options: BudgetGateOptions) {
    const { executorId, source, now, warn } = options
    this.#options = options
    this.#rules = new BudgetRules((organizationId) => source.budgetsOf(organizationId))
    this.#writer = new BudgetWriter({
      executorId,
      database: () => source.database(),
      now,
      onWarning: (warning) => warn(describeWarning(warning), 'EXECTRAIL_BUDGET'),
      onLost: (executions, error) =>
        warn(
          `the costs of ${executions} executions could not be added to budgets and are counted from the store: ${String(error)}`,
          'EXECTRAIL_BUDGET_UNWRITTEN',
        ),
    })
  }

  /**
   * Reserves what an execution may cost where a budget refuses.
   * @throws {ExectrailError} `budget_exceeded`; `metadata_unavailable` when Postgres does not answer
   */
  reserve(spender: Spender): Charge | Promise<Charge> {
    if (this.#options.source.isAbsent()) return this.#chargeOf(null)
    const rules = this.#rules.of(spender.context.organizationId)
    return rules instanceof Promise
      ? rules.then((budgets) => this.#reserveUnder(budgets, spender))
      : this.#reserveUnder(rules, spender)
  }

  /** Waits until what ended is counted. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#settling)
    await this.#writer.close()
    await this.#options.source.close()
  }

  #reserveUnder(budgets: readonly Budget[], { context, planned }: Spender): Charge | Promise<Charge> {
    const refusing = budgets.filter((budget) => budget.action === 'refuse' && covers(budget, context))
    if (refusing.length === 0) return this.#chargeOf(null)
    return this.#reserve(
      refusing.map(({ id }) => id),
      planned,
    )
  }

  async #reserve(budgetIds: readonly string[], planned: Spender['planned']): Promise<Charge> {
    const { pricing, now } = this.#options
    const startedAt = new Date(now()).toISOString()
    const reservation = { budgetIds, nanoUsd: (await estimateCost(pricing, { ...planned, startedAt })) ?? 0 }
    await this.#writer.reserve(reservation)
    return this.#chargeOf(reservation)
  }

  #chargeOf(reservation: Reservation | null): Charge {
    let open = true
    return {
      settle: (record) => {
        if (!open) return
        open = false
        this.#settle(record, reservation)
      },
      release: () => {
        if (open) this.#writer.end(reservation, [])
        open = false
      },
    }
  }

  /** Under the budgets as they are at the end: one may have been set meanwhile. */
  #settle(record: ExecutionRecord, reservation: Reservation | null): void {
    if (this.#options.source.isAbsent() && reservation === null) return
    const rules = this.#rules.of(record.organizationId)
    if (!(rules instanceof Promise)) {
      this.#writer.end(reservation, spendsOf(record, rules))
      return
    }
    const work = rules
      .catch(() => [])
      .then((budgets) => this.#writer.end(reservation, spendsOf(record, budgets)))
      .finally(() => this.#settling.delete(work))
    this.#settling.add(work)
  }
}

function spendsOf(record: ExecutionRecord, budgets: readonly Budget[]): Spend[] {
  const { costAllocatedNanoUsd, costRunNanoUsd, costTokensNanoUsd, tokensUsed, startedAt } = record
  const unpriced =
    (costAllocatedNanoUsd === null && costRunNanoUsd === null) ||
    (tokensUsed !== null && costTokensNanoUsd === null)
  return budgets
    .filter((budget) => covers(budget, record))
    .map(({ id, period }) => ({
      budgetId: id,
      periodStart: periodAt(period, Date.parse(startedAt)).from,
      nanoUsd: wholeCost(record) ?? 0,
      count: 1,
      unpricedCount: unpriced ? 1 : 0,
    }))
}
