import type { Store } from '../store/client.ts'
import { refreshRollups } from '../store/rollups/refresh.ts'
import { repeat, type Repetition } from './repeat.ts'

const EVERY_MS = 60_000

/** Keeps the figures of past days up to date while the service runs. Closing ends after the day that is computed. */
export function keepRollups(store: Store, log: (line: string) => void): Repetition {
  return repeat((signal) => refreshRollups(store, { signal }), {
    everyMs: EVERY_MS,
    log,
    failure: 'Figures of past days are not up to date, so that statistics take longer',
  })
}
