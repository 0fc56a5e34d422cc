import { createContext, Script } from 'node:vm'

const context = createContext({ run: () => undefined })
const script = new Script('run()')

/** Time a caller's schema or pattern may hold this process. */
export const BOUND_MS = 250

/**
 * Runs a synchronous function that a caller's own pattern or schema could make endless, for at most `BOUND_MS`.
 * V8 interrupts regular expressions too. `late` takes the place of a value that did not come in time.
 */
export function runBounded<T>(run: () => T, late: () => T): T {
  let answer: { value: T } | null = null
  context['run'] = () => {
    answer = { value: run() }
  }
  try {
    script.runInContext(context, { timeout: BOUND_MS })
  } catch (error) {
    if (!isTimeout(error)) throw error
  } finally {
    context['run'] = () => undefined
  }
  return readAnswer(answer, late)
}

function readAnswer<T>(answer: { value: T } | null, late: () => T): T {
  return answer === null ? late() : answer.value
}

/** By its code: the error may belong to the script's own realm. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  )
}
