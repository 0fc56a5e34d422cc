import {
  array,
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  double,
  integer,
  maxSafeNat,
  option,
  property,
  record,
  sample,
  string,
  type Arbitrary,
} from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ERROR_TYPES,
  ISOLATIONS,
  LANGUAGES,
  OUTCOMES,
  RUNTIMES,
  type ExecutionRecord,
} from '../../src/execution.ts'
import { getExecution } from '../../src/store/queries/get-execution.ts'
import { FIELD_NAMES } from '../../src/record/record.ts'
import { toClickHouseTime, toIso } from '../../src/store/rows.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { insertExported, toExported } from '../support/exporter-rows.ts'
import { makeRecord } from '../support/records.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

const text = string({ unit: 'grapheme' }).map((made) => made.toWellFormed().replaceAll('\0', ''))
/** An id: absent rather than empty. */
const id = option(text.filter((made) => made !== ''))
const count = option(maxSafeNat())
const ms = double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e12 })
const time = integer({ min: 0, max: 999_999_999 }).map(
  (nanoseconds) => `2026-11-01T12:00:00.${String(nanoseconds).padStart(9, '0')}Z`,
)

const records: Arbitrary<ExecutionRecord> = record({
  workspaceId: id,
  userId: id,
  codeAgentId: id,
  codeAgentVersion: id,
  workflowExecutionId: id,
  nodeId: id,
  attempt: integer({ min: 1, max: 100_000 }),
  runtime: constantFrom(...RUNTIMES),
  language: constantFrom(...LANGUAGES),
  isolation: constantFrom(...ISOLATIONS),
  outcome: constantFrom(...OUTCOMES),
  success: boolean(),
  exitCode: option(integer()),
  signal: option(constantFrom('SIGKILL', 'SIGTERM')),
  errorType: option(constantFrom(...ERROR_TYPES)),
  errorMessage: option(text),
  errorStack: option(text),
  errorFingerprint: option(constantFrom('0123456789abcdef')),
  validationPassed: option(boolean()),
  durationMs: ms,
  queueMs: ms,
  startupMs: ms,
  cpuMs: option(ms),
  memoryPeakBytes: count,
  memorySource: option(constantFrom('cgroup', 'rusage', 'engine', 'provider')),
  limitTimeoutMs: maxSafeNat(),
  limitMemoryBytes: count,
  tokensUsed: count,
  inputTokens: count,
  outputTokens: count,
  model: id,
  costRunNanoUsd: count,
  costAllocatedNanoUsd: count,
  costTokensNanoUsd: count,
  priceId: id,
  codeBytes: maxSafeNat(),
  code: option(text),
  input: option(text),
  stdout: text,
  stderr: text,
  stdoutBytes: maxSafeNat(),
  stderrBytes: maxSafeNat(),
  outputTruncated: boolean(),
  result: option(text),
  sandboxId: id,
  sandboxAgeMs: option(ms),
  toolCallId: id,
  conversationId: id,
  replayOf: id,
  startedAt: time,
  timestamp: time,
  executorId: text,
}).map((part) => makeRecord(part as Partial<ExecutionRecord>))

/** Times as the store gives them back. */
const MOMENT = { startedAt: '2026-11-01T12:00:00.000000001Z', timestamp: '2026-11-01T12:00:01.000000000Z' }

describe('a record', () => {
  it('comes back from the table as it was sent, every field, absent ones as null', async () => {
    const sent = sample(records, 200)
    await insertExported(clickhouse, sent.map(toExported))
    for (const one of sent.slice(0, 60)) {
      const found = await getExecution(clickhouse.store, { organizationId: 'acme' }, one.executionId)
      expect(found).toEqual(one)
    }
    expect(Object.keys(sent[0] ?? {}).toSorted()).toEqual(FIELD_NAMES.toSorted())
  })

  it('whose attributes are nonsense is a row all the same, and none beside it is lost', async () => {
    const value = constantFrom(
      '',
      'NaN',
      '-Infinity',
      '1e400',
      '-1',
      '1.5',
      '99999999999999999999',
      'true',
      '{}',
      ' 7',
      '\ud83d\ude00',
    )
    const keys = Object.keys(
      toExported(makeRecord({ exitCode: 1, cpuMs: 1, memoryPeakBytes: 1 })).LogAttributes as object,
    )
    await assert(
      asyncProperty(array(value, { minLength: keys.length, maxLength: keys.length }), async (values) => {
        const good = makeRecord(MOMENT)
        const bad = makeRecord({ organizationId: 'nonsense' })
        const attributes = Object.fromEntries(keys.map((key, index) => [key, values[index]]))
        const row = {
          ...toExported(bad),
          LogAttributes: {
            ...attributes,
            'code_exec.execution.id': bad.executionId,
            'code_exec.organization.id': 'nonsense',
          },
        }
        await insertExported(clickhouse, [toExported(good), row])
        const scope = { organizationId: 'nonsense' }
        const found = await getExecution(clickhouse.store, scope, bad.executionId)
        expect(found).toMatchObject({ executionId: bad.executionId })
        for (const name of ['durationMs', 'queueMs', 'startupMs', 'cpuMs'] as const)
          expect(Number.isFinite(found?.[name] ?? 0)).toBe(true)
        expect(await getExecution(clickhouse.store, 'all', good.executionId)).toEqual(good)
      }),
      { numRuns: 25 },
    )
  })

  it('of any year goes in with one of today', async () => {
    const years = [1700, 1969, 1999, 2026, 2200].map((year) =>
      makeRecord({ startedAt: `${year}-06-01T00:00:00.5Z` }),
    )
    const spread = Array.from({ length: 200 }, (_, month) =>
      makeRecord({ startedAt: new Date(Date.UTC(1975, month * 2)).toISOString() }),
    )
    await insertExported(clickhouse, [...years, ...spread].map(toExported))
    for (const { executionId } of years)
      expect(await getExecution(clickhouse.store, 'all', executionId)).not.toBeNull()
  })
})

describe('times', () => {
  it('keep nine digits both ways', () => {
    assert(
      property(time, (iso) => {
        expect(toIso(toClickHouseTime(iso))).toBe(iso)
      }),
    )
  })

  it.each([
    ['2026-11-01T12:00:00Z', '2026-11-01 12:00:00.000000000'],
    ['2026-11-01T12:00:00.5Z', '2026-11-01 12:00:00.500000000'],
    ['2026-11-01T13:00:00.25+01:00', '2026-11-01 12:00:00.250000000'],
  ])('%s is %s for ClickHouse', (iso, expected) => {
    expect(toClickHouseTime(iso)).toBe(expected)
  })
})
