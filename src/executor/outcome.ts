import type { ErrorType, Limit, Outcome } from '../execution.ts'
import type { RuntimeExit } from '../runtimes/runtime.ts'

/** Why the executor itself ended a run; the first one wins. */
export type TerminationReason = 'timeout' | 'cancelled' | 'output_limit' | 'startup'

/** An outcome with its type of error and its message. */
export interface OutcomeDetail {
  outcome: Outcome
  errorType: ErrorType | null
  errorMessage: string | null
  errorStack: string | null
}

export const SUCCESS: OutcomeDetail = {
  outcome: 'success',
  errorType: null,
  errorMessage: null,
  errorStack: null,
}

const LIMIT_TYPES: Record<Limit, ErrorType> = {
  time: 'timeout',
  cpu: 'cpu_limit',
  memory: 'memory_limit',
  pids: 'pids_limit',
  output: 'output_limit',
  disk: 'disk_limit',
  files: 'disk_limit',
}

/** An outcome without a stack. */
export function outcomeOf(outcome: Outcome, errorType: ErrorType, errorMessage: string): OutcomeDetail {
  return { outcome, errorType, errorMessage, errorStack: null }
}

/**
 * The outcome of a run. A limit that the runtime reports comes before the deadline, so it wins over `timeout`. A
 * cancellation and an output cap that the executor enforces win over everything that follows from them.
 */
export function decideOutcome(
  exit: RuntimeExit,
  termination: TerminationReason | null,
  timeoutMs: number,
): OutcomeDetail {
  if (termination === 'cancelled') return outcomeOf('cancelled', 'cancelled', 'cancelled by the caller')
  if (termination === 'output_limit')
    return outcomeOf('limit', 'output_limit', 'more output than the policy allows')
  if (exit.limit !== null && exit.limit !== 'time')
    return outcomeOf('limit', LIMIT_TYPES[exit.limit], describeLimit(exit, exit.limit))
  if (termination === 'timeout' || exit.limit === 'time')
    return outcomeOf('timeout', 'timeout', describeTimeout(exit, timeoutMs))
  if (termination === 'startup')
    return outcomeOf(
      'error',
      'runtime_error',
      exit.fault?.message ?? 'the runtime did not start the code in time',
    )
  if (exit.fault !== null) return outcomeOf('error', exit.fault.kind, exit.fault.message)
  return programOutcome(exit)
}

function programOutcome(exit: RuntimeExit): OutcomeDetail {
  if (exit.uncaught !== null) {
    const { name, message, stack } = exit.uncaught
    const text = message === '' ? name : `${name}: ${message}`
    const errorType = exit.syntaxError ? 'syntax_error' : 'exception'
    return { outcome: 'failure', errorType, errorMessage: text, errorStack: stack }
  }
  if (exit.syntaxError) return outcomeOf('failure', 'syntax_error', 'the code has a syntax error')
  if (exit.signal !== null) return outcomeOf('failure', 'exit_code', `ended by ${exit.signal}`)
  if (exit.exitCode !== null && exit.exitCode !== 0)
    return outcomeOf('failure', 'exit_code', `exited with code ${exit.exitCode}`)
  return SUCCESS
}

/** A compiler that was too slow has its own message. */
function describeTimeout({ uncaught, limit }: RuntimeExit, timeoutMs: number): string {
  return limit === 'time' && uncaught !== null ? uncaught.message : `ran longer than ${timeoutMs} ms`
}

function describeLimit(exit: RuntimeExit, limit: Limit): string {
  const error = exit.uncaught === null ? '' : ` (${exit.uncaught.name}: ${exit.uncaught.message})`
  return `reached the ${limit} limit${error}`
}
