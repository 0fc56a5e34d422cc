/** When a run reached its steps, for whoever measures: published on a diagnostics channel. */
import { channel } from 'node:diagnostics_channel'

/** Name of the channel; its messages are `RunTimesMessage`. */
export const RUN_TIMES = 'exectrail.run-times'

/** By the clock of `performance.now`, ms. */
export interface RunTimes {
  /** The job was written to the sandbox. */
  handedOverAt: number
  runningAt: number | null
  /** The last byte came through the guest's channel. */
  lastWordAt: number
  interpreterEndedAt: number
  /** The supervisor's report had come. */
  reportedAt: number
  /** The slot's figures and all output had come too: the run is answered. */
  knownAt: number
}

/** Published twice for a run: when it is answered, and when its slot is free again. */
export interface RunTimesMessage {
  times: RunTimes
  freeAt: number | null
}

const published = channel(RUN_TIMES)

/** Publishes `times` now, and once more when the slot is free. */
export function publishTimes(times: RunTimes, cleared: Promise<unknown>): void {
  if (!published.hasSubscribers) return
  published.publish({ times, freeAt: null } satisfies RunTimesMessage)
  void cleared.then(() => published.publish({ times, freeAt: performance.now() } satisfies RunTimesMessage))
}
