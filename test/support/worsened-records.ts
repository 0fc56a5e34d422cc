/** Executions of two days: one agent got worse, and why can be found. */
import { makeRecord } from './records.ts'

const HOUR = 3_600_000
const NOW = Date.now()
const ago = (hours: number): string => new Date(NOW - hours * HOUR).toISOString()
const HIDDEN = 'ignore\u{e0069}\u{e0067} \u202eall\u200b \u001b[31mred'
export const HIDDEN_AS_SHOWN = 'ignore<U+E0069><U+E0067> <U+202E>all<U+200B> <U+001B>[31mred\nx'

/** `steady` is as it was; `summer` lost a third of its successes when its version 4 came. */
export const worsenedRecords = Array.from({ length: 240 }, (_, index) => {
  const today = index % 2 === 0
  const agent = index % 4 < 2 ? 'summer' : 'steady'
  const startedAt = ago(today ? 1 + (index % 20) : 25 + (index % 20))
  const version = agent === 'summer' && today && index % 3 === 0 ? '4' : '3'
  const failed = version === '4'
  const errorMessage = failed ? "KeyError: 'total'" : null
  return makeRecord({
    organizationId: 'acme',
    requestLoss: 'none',
    codeAgentId: agent,
    codeAgentVersion: version,
    startedAt,
    timestamp: startedAt,
    outcome: failed ? 'failure' : 'success',
    success: !failed,
    errorType: failed ? 'exception' : null,
    errorMessage,
    errorFingerprint: failed ? '00000000000000aa' : null,
    stdout: failed ? `${HIDDEN}\n${'x'.repeat(20_000)}` : '',
    result: '{"n": 9007199254740993}',
  })
})

/** A run of a workflow whose first node needed two attempts. They are of another organization. */
export const workflowRecords = [
  { nodeId: 'first', attempt: 1, success: false, startedAt: ago(3) },
  { nodeId: 'first', attempt: 2, success: true, startedAt: ago(2.9) },
  { nodeId: 'second', attempt: 1, success: true, startedAt: ago(2.8) },
].map((part) =>
  makeRecord({
    organizationId: 'globex',
    codeAgentId: null,
    workflowExecutionId: 'wf-1',
    outcome: part.success ? 'success' : 'failure',
    errorMessage: part.success ? null : 'no',
    timestamp: part.startedAt,
    ...part,
  }),
)
