/** Repeats work in the background while the service runs. */
import { messageOf } from '../errors.ts'

export interface Repetition {
  /** Aborts the signal of the work, and waits until the work has ended. */
  close(): Promise<void>
}

interface RepeatOptions {
  everyMs: number
  /** Gets one line for the first failure of a series. */
  log: (line: string) => void
  /** What a failure means, for that line. */
  failure: string
  /** @default later, after `everyMs` */
  first?: 'at once' | 'later'
}

/** Starts `work` every `everyMs` ms, unless it still runs. A failure is logged, and the next round tries again. */
export function repeat(
  work: (signal: AbortSignal) => Promise<unknown>,
  { everyMs, log, failure, first = 'later' }: RepeatOptions,
): Repetition {
  const closing = new AbortController()
  let failed = false
  let running: Promise<void> | null = null
  const once = async (): Promise<void> => {
    try {
      await work(closing.signal)
      failed = false
    } catch (error) {
      if (!failed && !closing.signal.aborted) log(`${failure}: ${messageOf(error)}`)
      failed = true
    }
  }
  const start = (): void => {
    running ??= once().finally(() => (running = null))
  }
  if (first === 'at once') start()
  const timer = setInterval(start, everyMs)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      closing.abort()
      await running
    },
  }
}
