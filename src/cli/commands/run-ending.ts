/** How a run on the command line ends: by a signal, with an exit code, its record delivered or left behind. */
import type { Config } from '../../config.ts'
import { readEndpoints } from '../../stack/endpoints.ts'
import type { Outcome } from '../../execution.ts'
import type { Executor } from '../../executor/executor.ts'
import type { RunView } from '../../service/run-code.ts'
import { BROKEN_PIPE, type Terminal } from '../terminal.ts'

/** Exit code of an outcome. */
export const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  success: 0,
  failure: 1,
  timeout: 124,
  error: 125,
  cancelled: 130,
  limit: 137,
}
const DELIVERY_MS = 2000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What may cancel a run on the command line. */
export interface Cancelling {
  signal: AbortSignal
  /** The run is over and recorded: a reader that goes now ends the command; with its exit code where it has gone. */
  ran(): void
  release(): void
}

/**
 * The first signal, or a reader that goes away amid the run, cancels the execution, so that its record is true;
 * the second signal ends the command at once.
 */
export function cancelOnSignals(terminal: Terminal): Cancelling {
  const controller = new AbortController()
  const cancel = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.cancelled)
    terminal.say('cancelling the execution; once more to leave at once')
    controller.abort()
  }
  let readerGone = false
  const stay = terminal.onReaderGone(() => {
    readerGone = true
    controller.abort()
  })
  for (const name of SIGNALS) process.on(name, cancel)
  return {
    signal: controller.signal,
    ran() {
      stay()
      if (readerGone) process.exit(BROKEN_PIPE)
    },
    release() {
      stay()
      for (const name of SIGNALS) process.off(name, cancel)
    },
  }
}

/** Closes the executor; waits for delivery only where there is a Collector. Resolves to the bytes left. */
export async function closeDelivered(executor: Executor, config: Config): Promise<number> {
  const reachable = config.otlpEndpoint !== null || (await readEndpoints(config.home)) !== null
  const { left } = await executor.close(reachable ? DELIVERY_MS : 0)
  return left
}

/** The record of §4.1; the files of `/out` are no part of it. */
export function withoutFiles({ files: _files, ...record }: RunView): Omit<RunView, 'files'> {
  return record
}
