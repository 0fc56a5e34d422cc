/** Writes to the budgets, one transaction at a time: what comes meanwhile shares the next one. */
import { setTimeout as pause } from 'node:timers/promises'
import { isExectrailError, type ExectrailError } from '../errors.ts'
import type { BudgetWarning, Hold, Spend } from '../metadata/budget-ledger.ts'
import type { Database } from '../metadata/database.ts'
import { changeHolds, type Reservation } from './holds.ts'

/** Of one transaction. */
const BATCH_MAX = 500
const RENEW_EVERY_MS = 5_000
const RETRY_MS = 500
/** What could not be written for so long is left to the reconciliation with the store. */
export const UNWRITTEN_MS = 30_000

interface Asked {
  reservation: Reservation
  resolve: () => void
  reject: (error: unknown) => void
}

interface Ended {
  /** Null where nothing was reserved. */
  reservation: Reservation | null
  spends: readonly Spend[]
  /** ms of `performance.now()` */
  at: number
}

export interface BudgetWriterOptions {
  executorId: string
  database: () => Promise<Database | null>
  /** ms since the epoch */
  now: () => number
  onWarning: (warning: BudgetWarning) => void
  /** Costs of so many executions could not be written. */
  onLost: (executions: number, error: unknown) => void
}

export class BudgetWriter {
  readonly #options: BudgetWriterOptions
  #asked: Asked[] = []
  #ended: Ended[] = []
  #held: ReadonlyMap<string, Hold> = new Map()
  #writing: Promise<void> | null = null
  #renewal: NodeJS.Timeout | null = null
  #renewed = false

  constructor(options: BudgetWriterOptions) {
    this.#options = options
  }

  /** @throws {ExectrailError} `budget_exceeded`, or `metadata_unavailable` when Postgres does not answer */
  reserve(reservation: Reservation): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ reservation, resolve, reject })
      this.#write()
    })
  }

  /** Counts an execution that ended, and gives back what it had reserved. */
  end(reservation: Reservation | null, spends: readonly Spend[]): void {
    if (reservation === null && spends.length === 0) return
    this.#ended.push({ reservation, spends, at: performance.now() })
    this.#write()
  }

  /** Waits until all is written, as long as Postgres answers. */
  async close(): Promise<void> {
    this.#stopRenewing()
    await this.#writing
    this.#stopRenewing()
  }

  #write(): void {
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = null))
  }

  async #writeAll(): Promise<void> {
    while (this.#asked.length > 0 || this.#ended.length > 0 || this.#renewed) {
      const asked = this.#asked.splice(0, BATCH_MAX)
      const ended = this.#ended.splice(0, BATCH_MAX)
      const renewed = this.#renewed ? [...this.#held.keys()] : []
      this.#renewed = false
      try {
        await this.#commit(asked, ended, renewed)
      } catch (error) {
        for (const { reject } of asked) reject(error)
        this.#keep(ended, error)
        await pause(RETRY_MS, undefined, { ref: false })
      }
    }
  }

  async #commit(asked: readonly Asked[], ended: readonly Ended[], renewed: readonly string[]): Promise<void> {
    const { executorId, database, now, onWarning } = this.#options
    const opened = await database()
    // The stack has ended: its next start counts what the store has.
    if (opened === null) {
      this.#held = new Map()
      this.#keepRenewing()
      for (const { resolve } of asked) resolve()
      return
    }
    const { commitBatch } = await import('./batch.ts')
    const result = await commitBatch(opened, {
      executorId,
      asked: asked.map(({ reservation }) => reservation),
      ended: ended.flatMap(({ reservation }) => (reservation === null ? [] : [reservation])),
      spends: ended.flatMap(({ spends }) => spends),
      held: this.#held,
      renewed,
      now: now(),
    })
    this.#held = result.held
    this.#keepRenewing()
    for (const [index, { resolve, reject }] of asked.entries()) {
      const refusal: ExectrailError | null = result.refusals[index] ?? null
      if (refusal === null) resolve()
      else reject(refusal)
    }
    for (const warning of result.warnings) onWarning(warning)
  }

  /** Keeps for another attempt what is not too old. What the rest had reserved is given back all the same. */
  #keep(ended: readonly Ended[], error: unknown): void {
    const isYoung = ({ at }: Ended): boolean =>
      isExectrailError(error) && performance.now() - at < UNWRITTEN_MS
    this.#ended.unshift(...ended.filter(isYoung))
    const lost = ended.filter((one) => !isYoung(one))
    if (lost.length === 0) return
    const held = new Map(this.#held)
    for (const { reservation } of lost) if (reservation !== null) changeHolds(held, reservation, -1)
    this.#held = held
    this.#keepRenewing()
    this.#options.onLost(lost.length, error)
  }

  #stopRenewing(): void {
    if (this.#renewal !== null) clearInterval(this.#renewal)
    this.#renewal = null
    this.#renewed = false
  }

  #keepRenewing(): void {
    if (this.#held.size === 0) {
      this.#stopRenewing()
      return
    }
    this.#renewal ??= setInterval(() => {
      this.#renewed = true
      this.#write()
    }, RENEW_EVERY_MS).unref()
  }
}
