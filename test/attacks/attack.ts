/** One hostile program: what it tries, and what has to come of it. */
import { expect } from 'vitest'
import type { ErrorType, ExecutionRequest, ExecutionResult, Language, Outcome } from '../../src/execution.ts'
import type { Canaries } from './canaries.ts'

export interface Attack {
  /** What it tries, as the test's title. */
  tries: string
  runtime: 'subprocess' | 'vm2'
  language: Language
  /** The program; it may use what the canaries know (paths, ports). */
  code: string | ((canaries: Canaries) => string)
  /** The outcomes that are true of it. Several where the kernel may answer either way. */
  expect: readonly `${Outcome}${'' | `/${ErrorType}`}`[]
  request?: Partial<ExecutionRequest>
  /** More than the canaries show. */
  proves?: (result: ExecutionResult, canaries: Canaries) => void
}

/** For what is to end by its deadline; for all else it is far away, however much else the machine does. */
const DEADLINE = { timeoutMs: 600 }
const NO_DEADLINE = { timeoutMs: 60_000 }

/** Fills in the runtime and language of a list, and a limit of time where it has no limits. */
export function attacksIn(
  runtime: Attack['runtime'],
  language: Language,
  list: readonly Omit<Attack, 'runtime' | 'language'>[],
): Attack[] {
  return list.map((attack) => ({
    runtime,
    language,
    ...attack,
    request: {
      limits: attack.expect.includes('timeout/timeout') ? DEADLINE : NO_DEADLINE,
      ...attack.request,
    },
  }))
}

/** The program ran to its end and was refused what it tried. */
export const CONTAINED = ['success'] as const
/** The program died of the refusal itself. */
export const REFUSED = ['failure/exception', 'failure/exit_code'] as const
export const TIMEOUT = ['timeout/timeout'] as const

/** The figures are the supervisor's and the kernel's, whatever the program said. */
export function figures(result: ExecutionResult): void {
  expect(result.cpuMs, 'processor time').toBeGreaterThan(0)
  expect(result.memoryPeakBytes, 'memory').toBeGreaterThan(0)
  expect(result.isolation).toBe('namespace')
}
