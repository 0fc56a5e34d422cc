/** The end of a run on the command line: signals, exit codes and delivery of the record. */
import type { Config } from '../../config.ts'
import { resolveOtlpEndpoint } from '../../executor/otlp-endpoint.ts'
import type { Outcome, ParentSpan } from '../../execution.ts'
import type { Executor } from '../../executor/executor.ts'
import type { RunView } from '../../service/run-code.ts'
import { contextOf } from '../../telemetry/parent-context.ts'
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

/** Cancels a run on the command line. */
export interface Cancellation {
  signal: AbortSignal
  /** To be called when the run is recorded. From then on a closed pipe ends the command. */
  completed(): void
  release(): void
}

/**
 * The first signal, or a closed pipe, cancels the execution, so that its record says so. The second signal ends the
 * command at once.
 */
export function cancelOnSignals(terminal: Terminal): Cancellation {
  const controller = new AbortController()
  const cancel = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.cancelled)
    terminal.say('cancelling the execution; once more to leave at once')
    controller.abort()
  }
  let pipeClosed = false
  const ignorePipe = terminal.onPipeClosed(() => {
    pipeClosed = true
    controller.abort()
  })
  for (const name of SIGNALS) process.on(name, cancel)
  return {
    signal: controller.signal,
    completed() {
      ignorePipe()
      if (pipeClosed) process.exit(BROKEN_PIPE)
    },
    release() {
      ignorePipe()
      for (const name of SIGNALS) process.off(name, cancel)
    },
  }
}

/** Closes the executor and waits for delivery if there is a Collector. Resolves to the bytes left in the outbox. */
export async function closeAndDeliver(executor: Executor, config: Config): Promise<number> {
  const reachable = (await resolveOtlpEndpoint(config)) !== null
  const { left } = await executor.close(reachable ? DELIVERY_MS : 0)
  return left
}

/** The span of whoever started this command: `TRACEPARENT` and `TRACESTATE`. */
export function callerSpan({ callerTrace }: Config, terminal: Terminal): ParentSpan {
  if (callerTrace === null) return {}
  const parent = contextOf(callerTrace.traceparent, callerTrace.tracestate)
  if (parent !== null) return { parent }
  terminal.say('TRACEPARENT is not a W3C trace context, so the execution begins a trace of its own')
  return {}
}

/** The record without the files of `/out`, which are not part of it. */
export function withoutFiles({ files: _files, ...record }: RunView): Omit<RunView, 'files'> {
  return record
}
