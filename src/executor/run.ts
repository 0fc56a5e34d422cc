import type { Limits, OutputChunk } from '../execution.ts'
import type { Runtime, RuntimeExit, RuntimeIo, RuntimeRequest } from '../runtimes/runtime.ts'
import type { Cause } from './outcome.ts'
import { Capture } from './output.ts'

/** ms a runtime may take to start the code; longer and the run counts as the runtime's fault. */
const STARTUP_LIMIT_MS = 300_000
/** ms a runtime may take to end after it was told to; then the executor answers without it. */
const END_LIMIT_MS = 10_000

/** One run, as the executor saw it. */
export interface RunReport {
  exit: RuntimeExit
  cause: Cause | null
  stdout: Capture
  stderr: Capture
  /** ms from admission to the first statement, by the executor's clock. */
  startupMs: number
  /** ms from the first statement to the end, by the executor's clock. */
  durationMs: number
}

interface RunOptions {
  signal: AbortSignal
  onOutput: ((chunk: OutputChunk) => void | Promise<void>) | undefined
}

/** Runs a request on a runtime under the executor's deadline, caps and cancellation. Never rejects. */
export async function runOnRuntime(
  runtime: Runtime,
  request: RuntimeRequest,
  options: RunOptions,
): Promise<RunReport> {
  const begunAt = performance.now()
  let runningAt: number | null = null
  const ending = createEnding(options.signal)
  const output = captureOutput(request.limits, options.onOutput, (cause) => ending.end(cause))
  ending.after(STARTUP_LIMIT_MS, 'startup')
  let compileMs = request.limits.timeoutMs
  const exit = await endsInTime(runtime, request, {
    signal: ending.signal,
    onOutput: output.push,
    onCompiled(ms) {
      compileMs -= ms
    },
    onHandedOver: () => ending.after(Math.max(1, compileMs), 'timeout'),
    onRunning() {
      if (runningAt !== null) return
      runningAt = performance.now()
      ending.after(request.limits.timeoutMs, 'timeout')
    },
  })
  const endedAt = performance.now()
  const cause = ending.settle()
  await output.end()
  const { stdout, stderr } = output
  const startedAt = runningAt ?? endedAt
  return { exit, cause, stdout, stderr, startupMs: startedAt - begunAt, durationMs: endedAt - startedAt }
}

/** Ends a run once, for the first cause that asks. */
interface Ending {
  signal: AbortSignal
  end(cause: Cause): void
  /** Ends the run in `ms` unless called again before. */
  after(ms: number, cause: Cause): void
  /** The run is over: nothing can end it any more; the cause that did, if any. */
  settle(): Cause | null
}

function createEnding(caller: AbortSignal): Ending {
  const controller = new AbortController()
  let cause: Cause | null = null
  let timer: NodeJS.Timeout | undefined
  const end = (why: Cause): void => {
    if (cause !== null) return
    cause = why
    controller.abort(why)
  }
  const cancel = (): void => end('cancelled')
  caller.addEventListener('abort', cancel, { once: true })
  if (caller.aborted) cancel()
  return {
    signal: controller.signal,
    end,
    after(ms, why) {
      clearTimeout(timer)
      timer = setTimeout(() => end(why), ms)
    },
    settle() {
      clearTimeout(timer)
      caller.removeEventListener('abort', cancel)
      return cause
    },
  }
}

/** The runtime's exit, or a fault in its place when it throws or does not end when told to. */
function endsInTime(runtime: Runtime, request: RuntimeRequest, io: RuntimeIo): Promise<RuntimeExit> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined
    const answer = (exit: RuntimeExit): void => {
      clearTimeout(timer)
      resolve(exit)
    }
    const fail = (message: string): void => answer(faultExit(runtime, message))
    io.signal.addEventListener(
      'abort',
      () => {
        timer = setTimeout(
          () => fail(`${runtime.name} did not end within ${END_LIMIT_MS} ms of being told to`),
          END_LIMIT_MS,
        )
      },
      { once: true },
    )
    runtime
      .run(request, io)
      .then(answer, (error: unknown) =>
        fail(`${runtime.name} failed: ${error instanceof Error ? error.message : String(error)}`),
      )
  })
}

/** An exit that says only that the runtime failed. */
function faultExit(runtime: Runtime, message: string): RuntimeExit {
  return {
    exitCode: null,
    signal: null,
    result: null,
    syntaxError: false,
    uncaught: null,
    limit: null,
    fault: { kind: 'runtime_error', message },
    isolation: runtime.capabilities.isolation,
    durationMs: null,
    queueMs: null,
    cpuMs: null,
    memoryPeakBytes: null,
    memorySource: null,
    sandboxId: null,
    sandboxAgeMs: null,
    files: [],
  }
}

function captureOutput(limits: Limits, onOutput: RunOptions['onOutput'], stop: (cause: Cause) => void) {
  const captures = { stdout: new Capture(limits.outputBytes), stderr: new Capture(limits.outputBytes) }
  const decoders = {
    stdout: new TextDecoder('utf-8', { ignoreBOM: true }),
    stderr: new TextDecoder('utf-8', { ignoreBOM: true }),
  }
  const push: RuntimeIo['onOutput'] = ({ stream, bytes }) => {
    captures[stream].push(bytes)
    if (limits.outputPolicy === 'kill' && captures[stream].truncated) stop('output_limit')
    if (onOutput === undefined) return undefined
    const text = decoders[stream].decode(bytes, { stream: true })
    return text === '' ? undefined : deliver(onOutput, { stream, text })
  }
  /** What a program left half said of a character. */
  const end = async (): Promise<void> => {
    if (onOutput === undefined) return
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = decoders[stream].decode()
      if (text !== '') await deliver(onOutput, { stream, text })
    }
  }
  return { ...captures, push, end }
}

/** A listener that throws is the caller's trouble; the run and its trail go on. */
async function deliver(onOutput: NonNullable<RunOptions['onOutput']>, chunk: OutputChunk): Promise<void> {
  try {
    await onOutput(chunk)
  } catch (error) {
    process.emitWarning(`onOutput threw: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'EXECTRAIL_ON_OUTPUT',
    })
  }
}
