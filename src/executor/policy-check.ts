/** A caller's policy, applied to the code within time limits. */
import type { CodePolicy, Language } from '../execution.ts'
import { policyViolations } from './policy-violations.ts'
import { runInWorker, tryWithTimeout, WORKER_LIMIT_MS } from './time-limit.ts'

/**
 * How the code violates the policy, or null. Returns a promise when a worker has to do it. This reads the text only:
 * it catches honest mistakes, and code that hides a name passes. The sandbox is the security boundary.
 */
export function findPolicyViolation(
  code: string,
  language: Language,
  policy: CodePolicy | undefined,
): string | null | Promise<string | null> {
  if (policy === undefined) return null
  const tried = tryWithTimeout(() => policyViolations(code, language, policy))
  return tried === null ? checkInWorker(code, language, policy) : tried.value
}

async function checkInWorker(code: string, language: Language, policy: CodePolicy): Promise<string | null> {
  const result = await runInWorker({ kind: 'policy', code, language, policy })
  return result === null
    ? `checking this code against the policy took longer than ${WORKER_LIMIT_MS} ms`
    : result.value
}
