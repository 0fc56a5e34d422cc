import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  array,
  asyncProperty,
  assert,
  boolean,
  constantFrom,
  integer,
  option,
  record,
  type Arbitrary,
} from 'fast-check'
import { ERROR_TYPES, ISOLATIONS, LANGUAGES, OUTCOMES, RUNTIMES } from '../../src/record/values.ts'
import { FIELD_NAMES, fieldOf, type ExecutionRecord, type FieldName } from '../../src/record/record.ts'
import { FILTER_FIELDS, operatorsOf, type FilterField } from '../../src/record/conditions.ts'
import type { Filter, FilterTerm, FilterValue } from '../../src/store/filter.ts'
import { compileFilter, fieldsOf } from '../../src/store/match-filter.ts'
import { listExecutions } from '../../src/store/queries/list-executions.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { insertRecords, makeRecord } from '../support/records.ts'

const WINDOW = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' }

let clickhouse: RunningClickHouse

beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

const words = constantFrom(
  'timeout',
  'TIMEOUT',
  'Zeitüberschreitung',
  'ZEITÜBERSCHREITUNG',
  'Straße',
  'STRASSE',
  'naïve',
  'ΣΊΣΥΦΟΣ',
  'Σίσυφος',
  'ПРИВЕТ',
  'привет',
  '😀 ok',
  'a',
  'A',
  '%',
  '_',
  "o'brien",
  '\\',
  'line\nfeed',
  '日本語',
  'ﬀ',
  'İstanbul',
  'ıstanbul',
)
const text = array(words, { minLength: 0, maxLength: 3 }).map((parts) => parts.join(' '))
const number = constantFrom(0, 1, 2, 3, 1000, 65_536, 2 ** 40, Number.MAX_SAFE_INTEGER)
const time = integer({ min: 0, max: 86_399 }).map(
  (second) =>
    `2026-11-01T${new Date(second * 1000).toISOString().slice(11, 19)}.${String(second % 7).padStart(9, '1')}Z`,
)

const made = record({
  codeAgentId: option(words),
  userId: option(words),
  outcome: constantFrom(...OUTCOMES),
  success: boolean(),
  runtime: constantFrom(...RUNTIMES),
  language: constantFrom(...LANGUAGES),
  isolation: constantFrom(...ISOLATIONS),
  errorType: option(constantFrom(...ERROR_TYPES)),
  errorMessage: option(text),
  errorStack: option(text),
  validationPassed: option(boolean()),
  exitCode: option(integer({ min: -5, max: 255 })),
  durationMs: constantFrom(0, 0.1, 0.30000000000000004, 12.5, 1e-7, 1e9),
  cpuMs: option(constantFrom(0, 0.1, 12.5)),
  memoryPeakBytes: option(number),
  limitTimeoutMs: number,
  attempt: integer({ min: 1, max: 4 }),
  outputTruncated: boolean(),
  stdout: text,
  stderr: text,
  startedAt: time,
  timestamp: time,
})

/** A value that rows of the test have, or nearly have. */
function valueFor(field: FilterField): Arbitrary<FilterValue> {
  const { type, values } = fieldOf(field)
  if (values !== undefined) return constantFrom(...values)
  if (type === 'boolean') return boolean()
  if (type === 'time') return time
  if (type === 'integer') return number
  if (type === 'double') return constantFrom(0, 0.1, 0.30000000000000004, 12.5, 1e-7, 1e9, 5)
  return text.chain((whole) =>
    constantFrom(whole, whole.slice(0, 3), whole.slice(1, 4), whole.toUpperCase(), whole.toLowerCase()).map(
      (part) => (part.isWellFormed() && part !== '' ? part : 'a'),
    ),
  )
}

const term: Arbitrary<FilterTerm> = constantFrom(...FILTER_FIELDS).chain((field) =>
  constantFrom(...operatorsOf(field)).chain((operator) => {
    const equality = operator === '=' || operator === '!='
    const value = equality ? option(valueFor(field), { freq: 3 }) : valueFor(field)
    return array(value, { minLength: 1, maxLength: 3 }).map((values) => ({ field, operator, values }))
  }),
)
const filter: Arbitrary<Filter> = record({
  terms: array(term, { minLength: 1, maxLength: 3 }),
  text: option(words, { nil: undefined, freq: 3 }),
})

it('matches records as the statement of the same filter matches rows', async () => {
  const given: ExecutionRecord[] = []
  await assert(
    asyncProperty(array(made, { minLength: 40, maxLength: 40 }), (parts) => {
      for (const part of parts)
        given.push(makeRecord({ organizationId: 'matching', ...(part as Partial<ExecutionRecord>) }))
      return Promise.resolve()
    }),
    { numRuns: 10 },
  )
  await insertRecords(clickhouse, given)
  const ask = (wanted: Filter, fields: readonly FieldName[]) =>
    listExecutions(
      clickhouse.store,
      {
        scope: { organizationId: 'matching' },
        window: WINDOW,
        filter: wanted,
        order: 'newest',
        after: null,
        limit: 1000,
        fields,
      },
      // However busy the machine is.
      { forMs: Infinity, now: () => 0 },
    )
  const rows = (await ask({ terms: [] }, FIELD_NAMES)).rows.map((row) => row.record)
  expect(rows).toHaveLength(given.length)
  let matched = 0
  await assert(
    asyncProperty(filter, async (wanted) => {
      const found = (await ask(wanted, ['executionId'])).rows.map((row) => row.record.executionId)
      const matches = compileFilter(wanted)
      expect(rows.filter(matches).map(({ executionId }) => executionId)).toEqual(found)
      if (found.length > 0 && found.length < rows.length) matched += 1
    }),
    { numRuns: 150 },
  )
  // Else the filters say nothing about the matcher.
  expect(matched).toBeGreaterThan(15)
})

it('names the fields that a filter looks at', () => {
  expect(fieldsOf({ terms: [{ field: 'runtime', operator: '=', values: ['vm2'] }], text: 'x' })).toEqual([
    'runtime',
    'errorMessage',
    'errorStack',
    'stdout',
    'stderr',
  ])
})
