/** The exits that no program made: nothing observed, a fault of the runtime, code that the language refused. */
import type { Isolation } from '../execution.ts'
import type { RuntimeExit, UncaughtError } from './runtime.ts'

/** An exit of which nothing is known. */
export const EMPTY_EXIT: RuntimeExit = {
  exitCode: null,
  signal: null,
  result: null,
  syntaxError: false,
  uncaught: null,
  limit: null,
  fault: null,
  isolation: 'none',
  durationMs: null,
  queueMs: null,
  cpuMs: null,
  memoryPeakBytes: null,
  memorySource: null,
  sandboxId: null,
  sandboxAgeMs: null,
  files: [],
}

/** The exit of a run that never started. */
export function faultExit(
  kind: 'runtime_unavailable' | 'runtime_error',
  message: string,
  isolation: Isolation,
): RuntimeExit {
  return { ...EMPTY_EXIT, isolation, fault: { kind, message } }
}

/** An exit for code the language refused before a sandbox was spent. */
export function syntaxExit(error: UncaughtError, isolation: Isolation): RuntimeExit {
  return { ...EMPTY_EXIT, isolation, exitCode: 1, syntaxError: true, uncaught: error, durationMs: 0 }
}
