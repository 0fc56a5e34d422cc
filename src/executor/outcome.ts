import type { ErrorType, Limit, Outcome } from '../execution.ts'
import type { RuntimeExit } from '../runtimes/runtime.ts'

/** Why the executor itself ended a run; the first one wins. */
export type Cause = 'timeout' | 'cancelled' | 'output_limit' | 'startup'

/** What a run means: outcome, why, and in whose words. */
export interface Verdict {
  outcome: Outcome
  errorType: ErrorType | null
  errorMessage: string | null
  errorStack: string | null
}

export const SUCCESS: Verdict = { outcome: 'success', errorType: null, errorMessage: null, errorStack: null }

const LIMIT_TYPES: Record<Limit, ErrorType> = {
  time: 'timeout',
  cpu: 'cpu_limit',
  memory: 'memory_limit',
  pids: 'pids_limit',
  output: 'output_limit',
  disk: 'disk_limit',
  files: 'disk_limit',
}

/** A verdict without a stack. */
export function judge(outcome: Outcome, errorType: ErrorType, errorMessage: string): Verdict {
  return { outcome, errorType, errorMessage, errorStack: null }
}

/**
 * Decides what an exit means. A broken limit is evidence from before the deadline, so it wins over
 * `timeout`; a cancellation or an output cap the executor enforced wins over all that followed from it.
 */
export function decideOutcome(exit: RuntimeExit, cause: Cause | null, timeoutMs: number): Verdict {
  if (cause === 'cancelled') return judge('cancelled', 'cancelled', 'cancelled by the caller')
  if (cause === 'output_limit') return judge('limit', 'output_limit', 'more output than the policy allows')
  if (exit.limit !== null && exit.limit !== 'time')
    return judge('limit', LIMIT_TYPES[exit.limit], describeLimit(exit, exit.limit))
  if (cause === 'timeout' || exit.limit === 'time')
    return judge('timeout', 'timeout', describeTimeout(exit, timeoutMs))
  if (cause === 'startup')
    return judge(
      'error',
      'runtime_error',
      exit.fault?.message ?? 'the runtime did not start the code in time',
    )
  if (exit.fault !== null) return judge('error', exit.fault.kind, exit.fault.message)
  return judgeProgram(exit)
}

function judgeProgram(exit: RuntimeExit): Verdict {
  if (exit.uncaught !== null) {
    const { name, message, stack } = exit.uncaught
    const text = message === '' ? name : `${name}: ${message}`
    const errorType = exit.syntaxError ? 'syntax_error' : 'exception'
    return { outcome: 'failure', errorType, errorMessage: text, errorStack: stack }
  }
  if (exit.syntaxError) return judge('failure', 'syntax_error', 'the code has a syntax error')
  if (exit.signal !== null) return judge('failure', 'exit_code', `ended by ${exit.signal}`)
  if (exit.exitCode !== null && exit.exitCode !== 0)
    return judge('failure', 'exit_code', `exited with code ${exit.exitCode}`)
  return SUCCESS
}

/** A compiler that was too slow has words of its own. */
function describeTimeout({ uncaught, limit }: RuntimeExit, timeoutMs: number): string {
  return limit === 'time' && uncaught !== null ? uncaught.message : `ran longer than ${timeoutMs} ms`
}

function describeLimit(exit: RuntimeExit, limit: Limit): string {
  const words = exit.uncaught === null ? '' : ` (${exit.uncaught.name}: ${exit.uncaught.message})`
  return `reached the ${limit} limit${words}`
}
