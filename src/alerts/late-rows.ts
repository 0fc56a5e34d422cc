/** How long an evaluation waits after the end of a window for rows that arrive late, by how late they have come. */
import type { Store } from '../store/client.ts'
import { getArrivalLag } from '../store/queries/arrival-lag.ts'

/** Until it is measured, seconds. */
export const USUAL_DELAY_SECONDS = 30

const LEAST_SECONDS = 10
const MOST_SECONDS = 300
/** Fewer rows say nothing about the latest of a hundred. */
const ROWS_MIN = 200
const LOOKBACK_MS = 3_600_000
const MEASURED_EVERY_MS = 300_000

/** Measures it again every five minutes, over the executions that started within the hour before. */
export class LateRows {
  readonly #store: Store
  #seconds = USUAL_DELAY_SECONDS
  #measuredAt = -Infinity

  constructor(store: Store) {
    this.#store = store
  }

  /** Seconds in which 99 % of the rows have arrived, 10 to 300; as before where the store does not answer. */
  async delaySeconds(): Promise<number> {
    if (performance.now() - this.#measuredAt < MEASURED_EVERY_MS) return this.#seconds
    this.#measuredAt = performance.now()
    const now = Date.now()
    const window = { from: new Date(now - LOOKBACK_MS).toISOString(), to: new Date(now).toISOString() }
    const measured = await getArrivalLag(this.#store, { scope: 'all', window }).catch(() => null)
    if (measured !== null) this.#seconds = delayOf(measured.count < ROWS_MIN ? null : measured.p99Ms)
    return this.#seconds
  }
}

function delayOf(lagMs: number | null): number {
  if (lagMs === null) return USUAL_DELAY_SECONDS
  return Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, Math.ceil(lagMs / 1000)))
}
