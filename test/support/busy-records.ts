/** Executions of a day and the day before, of several agents: enough for every chart, and the same each time. */
import type { ExecutionRecord } from '../../src/execution.ts'
import { makeRecord } from './records.ts'

const HOUR_MS = 3_600_000
const COUNT = 900

/** Ids that a path, a filter or a page could mistake for something else. */
export const ODD_AGENTS = [
  'team/agent one',
  '🤖',
  'وكيل',
  '.',
  '..',
  '-',
  '100%',
  '<b>x</b>',
  'a?b#c',
  null,
] as const

/** @param now ms since the epoch */
export function busyRecords(now: number): ExecutionRecord[] {
  const random = randomOf(7)
  const records = Array.from({ length: COUNT }, (_, index) => {
    const at = now - 60_000 - (index / COUNT) * 46 * HOUR_MS - random() * HOUR_MS
    return oneOf(at, random)
  })
  const odd = ODD_AGENTS.map((codeAgentId, index) =>
    makeRecord({ ...times(now - 60_000 * (index + 2)), codeAgentId, codeAgentVersion: '1' }),
  )
  return [...records, ...odd]
}

const AGENTS = ['summer', 'planner', 'scraper', 'reporter']
const SLOWER = 6

function oneOf(at: number, random: () => number): ExecutionRecord {
  const agent = AGENTS[Math.floor(random() ** 1.6 * AGENTS.length)] ?? 'summer'
  const isNewer = random() < 0.5
  const fails = random() < (agent === 'scraper' ? 0.3 : 0.06)
  const durationMs = Math.exp(2.5 + random() * 3) * (agent === 'planner' && isNewer ? SLOWER : 1)
  return makeRecord({
    ...times(at),
    codeAgentId: agent,
    codeAgentVersion: isNewer ? '1.1.0' : '1.0.0',
    runtime: random() < 0.7 ? 'subprocess' : 'vm2',
    language: random() < 0.5 ? 'python' : 'javascript',
    durationMs,
    memoryPeakBytes: Math.round(8_388_608 * (1 + random())),
    ...(random() < 0.3 ? usage(random) : {}),
    ...(fails ? failure(random) : {}),
  })
}

function usage(random: () => number): Partial<ExecutionRecord> {
  const inputTokens = Math.round(400 + random() * 600)
  return { inputTokens, outputTokens: 120, tokensUsed: inputTokens + 120, model: 'sample-model' }
}

function failure(random: () => number): Partial<ExecutionRecord> {
  const kind = Math.floor(random() * 3)
  return {
    success: false,
    outcome: kind === 2 ? 'timeout' : 'failure',
    exitCode: kind === 2 ? null : 1,
    errorType: kind === 2 ? 'timeout' : 'exception',
    errorMessage:
      ["KeyError: 'price'", 'TypeError: rows is not iterable', 'ran longer than 30 s'][kind] ?? '',
    errorFingerprint: `0123456789abcde${kind}`,
  }
}

function times(ms: number): Pick<ExecutionRecord, 'startedAt' | 'timestamp'> {
  const startedAt = new Date(ms).toISOString()
  return { startedAt, timestamp: startedAt }
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
