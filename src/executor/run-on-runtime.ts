import { messageOf } from '../errors.ts'
import type { Limits, OutputChunk } from '../execution.ts'
import { faultExit } from '../runtimes/exits.ts'
import type { Runtime, RuntimeExit, RuntimeIo, RuntimeRequest } from '../runtimes/runtime.ts'
import type { TerminationReason } from './outcome.ts'
import { OutputCapture } from './output-capture.ts'
import type { OutputTee } from './blobs/output-tee.ts'

/** ms a runtime may take to start the code. After that the run is an error of the runtime. */
const STARTUP_LIMIT_MS = 300_000
/** ms a runtime may take to end after it was asked to. After that the executor answers without it. */
const END_LIMIT_MS = 10_000

/** One run as the executor measured it. */
export interface RunReport {
  exit: RuntimeExit
  /** Why the executor ended the run; null when it ended by itself. */
  termination: TerminationReason | null
  stdout: OutputCapture
  stderr: OutputCapture
  /** ms from admission to the first statement, by the executor's clock. */
  startupMs: number
  /** ms from the first statement to the end, by the executor's clock. */
  durationMs: number
}

interface RunOptions {
  signal: AbortSignal
  onOutput: ((chunk: OutputChunk) => void | Promise<void>) | undefined
  /** Called once, when the code begins. */
  onRunning: () => void
  /** What the output of a stream goes through before its capture. */
  tee?:
    | ((stream: OutputChunk['stream'], capture: OutputCapture, limitBytes: number) => OutputTee | null)
    | undefined
}

/** Runs a request on a runtime under the executor's deadline, caps and cancellation. Never rejects. */
export async function runOnRuntime(
  runtime: Runtime,
  request: RuntimeRequest,
  options: RunOptions,
): Promise<RunReport> {
  const requestedAt = performance.now()
  let runningAt: number | null = null
  const termination = createTermination(options.signal)
  const output = captureOutput(request.limits, options, (reason) => termination.terminate(reason))
  termination.terminateAfter(STARTUP_LIMIT_MS, 'startup')
  let compileMs = request.limits.timeoutMs
  const exit = await exitWithinLimits(runtime, request, {
    signal: termination.signal,
    onOutput: output.push,
    onCompiled(ms) {
      compileMs -= ms
    },
    onHandedOver: () => termination.terminateAfter(Math.max(1, compileMs), 'timeout'),
    onRunning(at) {
      if (runningAt !== null) return
      const heardAt = performance.now()
      runningAt = at ?? heardAt
      options.onRunning()
      termination.terminateAfter(Math.max(1, request.limits.timeoutMs - (heardAt - runningAt)), 'timeout')
    },
  })
  const endedAt = performance.now()
  const reason = termination.finish()
  await output.end()
  const { stdout, stderr } = output
  const startedAt = runningAt ?? endedAt
  return {
    exit,
    termination: reason,
    stdout,
    stderr,
    startupMs: startedAt - requestedAt,
    durationMs: endedAt - startedAt,
  }
}

/** Terminates a run once; the first reason wins. */
interface Termination {
  signal: AbortSignal
  terminate(reason: TerminationReason): void
  /** Terminates the run in `ms`; a further call replaces the timer. */
  terminateAfter(ms: number, reason: TerminationReason): void
  /** To be called when the run is over. Returns the reason, or null when the run ended by itself. */
  finish(): TerminationReason | null
}

function createTermination(caller: AbortSignal): Termination {
  const controller = new AbortController()
  let terminatedBy: TerminationReason | null = null
  let timer: NodeJS.Timeout | undefined
  const terminate = (reason: TerminationReason): void => {
    if (terminatedBy !== null) return
    terminatedBy = reason
    controller.abort(reason)
  }
  const cancel = (): void => terminate('cancelled')
  caller.addEventListener('abort', cancel, { once: true })
  if (caller.aborted) cancel()
  return {
    signal: controller.signal,
    terminate,
    terminateAfter(ms, reason) {
      clearTimeout(timer)
      timer = setTimeout(() => terminate(reason), ms)
    },
    finish() {
      clearTimeout(timer)
      caller.removeEventListener('abort', cancel)
      return terminatedBy
    },
  }
}

/** The runtime's exit; a fault when the runtime throws or does not end in time. */
function exitWithinLimits(runtime: Runtime, request: RuntimeRequest, io: RuntimeIo): Promise<RuntimeExit> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined
    const answer = (exit: RuntimeExit): void => {
      clearTimeout(timer)
      resolve(exit)
    }
    const fail = (message: string): void =>
      answer(faultExit('runtime_error', message, runtime.capabilities.isolation))
    io.signal.addEventListener(
      'abort',
      () => {
        timer = setTimeout(
          () => fail(`${runtime.name} did not end within ${END_LIMIT_MS} ms after it was asked to`),
          END_LIMIT_MS,
        )
      },
      { once: true },
    )
    runtime
      .run(request, io)
      .then(answer, (error: unknown) => fail(`${runtime.name} failed: ${messageOf(error)}`))
  })
}

function captureOutput(
  limits: Limits,
  { onOutput, tee }: Pick<RunOptions, 'onOutput' | 'tee'>,
  terminate: (reason: TerminationReason) => void,
) {
  const captures = {
    stdout: new OutputCapture(limits.outputBytes),
    stderr: new OutputCapture(limits.outputBytes),
  }
  const tees = {
    stdout: tee?.('stdout', captures.stdout, limits.outputBytes),
    stderr: tee?.('stderr', captures.stderr, limits.outputBytes),
  }
  const decoders = {
    stdout: new TextDecoder('utf-8', { ignoreBOM: true }),
    stderr: new TextDecoder('utf-8', { ignoreBOM: true }),
  }
  const push: RuntimeIo['onOutput'] = ({ stream, bytes }) => {
    const written = tees[stream]?.push(bytes)
    captures[stream].push(bytes)
    if (limits.outputPolicy === 'kill' && captures[stream].truncated) terminate('output_limit')
    if (onOutput === undefined) return written
    const text = decoders[stream].decode(bytes, { stream: true })
    const delivered = text === '' ? undefined : deliver(onOutput, { stream, text })
    return written === undefined ? delivered : written.then(() => delivered)
  }
  /** Flushes incomplete characters. */
  const end = async (): Promise<void> => {
    if (onOutput === undefined) return
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = decoders[stream].decode()
      if (text !== '') await deliver(onOutput, { stream, text })
    }
  }
  return { ...captures, push, end }
}

/** A listener that throws becomes a warning; the run goes on. */
async function deliver(onOutput: NonNullable<RunOptions['onOutput']>, chunk: OutputChunk): Promise<void> {
  try {
    await onOutput(chunk)
  } catch (error) {
    process.emitWarning(`onOutput threw: ${messageOf(error)}`, {
      code: 'EXECTRAIL_ON_OUTPUT',
    })
  }
}
