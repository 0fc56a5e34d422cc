/** A week and a day of executions in which agent `worse` fails more since version 2, and `slow` takes longer. */
import type { ExecutionRecord } from '../../src/execution.ts'
import { makeRecord } from './records.ts'

const HOUR = 3_600_000
const NOW = Date.now()

/** Executions evenly spread over `from` to `to` hours ago. */
function spread(
  count: number,
  [from, to]: readonly [number, number],
  make: (n: number) => Partial<ExecutionRecord>,
): ExecutionRecord[] {
  return Array.from({ length: count }, (_, n) => {
    const startedAt = new Date(NOW - (from - ((from - to) * n) / count) * HOUR).toISOString()
    return makeRecord({ organizationId: 'acme', startedAt, timestamp: startedAt, ...make(n) })
  })
}

const TODAY = [23, 1] as const
const WEEK = [24 * 7, 25] as const

function failed(message: string, fingerprint: string): Partial<ExecutionRecord> {
  return {
    outcome: 'failure',
    success: false,
    errorType: 'exception',
    errorMessage: message,
    errorFingerprint: fingerprint.repeat(16),
    exitCode: 1,
  }
}

const known = failed('Error: 503 from upstream', 'a')
const fresh = failed("KeyError: 'customer_id'", 'b')

export const executions: ExecutionRecord[] = [
  ...spread(300, WEEK, (n) => ({
    codeAgentId: 'steady',
    durationMs: 40 + (n % 7),
    ...(n % 50 === 0 ? known : {}),
  })),
  ...spread(80, TODAY, (n) => ({
    codeAgentId: 'steady',
    durationMs: 40 + (n % 7),
    ...(n % 40 === 0 ? known : {}),
  })),
  ...spread(200, WEEK, (n) => ({
    codeAgentId: 'worse',
    codeAgentVersion: '1',
    durationMs: 20 + (n % 5),
    ...(n % 20 === 0 ? known : {}),
  })),
  ...spread(60, TODAY, (n) => ({
    codeAgentId: 'worse',
    codeAgentVersion: '2',
    durationMs: 20 + (n % 5),
    ...(n % 3 === 0 ? fresh : {}),
  })),
  ...spread(100, WEEK, (n) => ({ codeAgentId: 'slow', durationMs: 10 + (n % 3) })),
  ...spread(40, TODAY, (n) => ({ codeAgentId: 'slow', durationMs: 90 + (n % 9) })),
  // Three of four against nine of ten may be chance.
  ...spread(10, WEEK, (n) => ({ codeAgentId: 'noise', ...(n === 0 ? known : {}) })),
  ...spread(4, TODAY, (n) => ({ codeAgentId: 'noise', ...(n === 0 ? known : {}) })),
  ...spread(6, TODAY, () => ({ codeAgentId: null })),
]
