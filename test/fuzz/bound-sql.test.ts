/**
 * Random statements with the key of one organization: whatever they combine, no answer and no error holds a value, an id or a
 * count of the other's rows.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, withKey } from '../support/service.ts'
import { fuzz } from './fuzz.ts'

/** Of the other's rows: how many, and a number and a text in each. */
const FOREIGN = { count: 977, tokens: 88_888_801, text: 'zqcanaryqz' }
const SHOWN = new RegExp(`\\b${FOREIGN.count}\\b|${FOREIGN.tokens}|${FOREIGN.text}`, 'u')

let stack: ApiStack
beforeAll(async () => {
  stack = await startApiStack()
  const of = (organizationId: string, text: string, tokensUsed: number) =>
    makeRecord({ organizationId, codeAgentId: text, userId: text, model: text, stdout: text, tokensUsed })
  await insertRecords(stack.clickhouse, [
    ...Array.from({ length: 12 }, (_, index) => of('acme', String(index % 3), index)),
    ...Array.from({ length: FOREIGN.count }, () => of('globex', FOREIGN.text, FOREIGN.tokens)),
  ])
})
afterAll(() => stack.stop())

const pick = fc.constantFrom
const column = pick(
  'organization_id',
  'code_agent_id',
  'user_id',
  'model',
  'stdout',
  'tokens_used',
  'execution_id',
  '*',
  '_part_offset',
  '_part',
)
const table = pick(
  'code_exec_logs',
  'code_executions',
  'code_exec_logs FINAL',
  'otel_traces',
  'code_exec_events',
  'exectrail.code_exec_logs',
  '`exectrail`.code_exec_logs',
  'system.parts',
  "merge('', 'code_exec')",
  'probe',
  'exectrail_callers.probe',
  't',
  'u',
)
const wrap = pick(
  '(x)',
  'toUInt8(x)',
  'toUInt8OrZero(x)',
  'length(x)',
  'lowCardinalityKeys(x)',
  'toLowCardinality(x)',
  'uniq(x)',
  'count(x)',
  'max(x)',
  'groupArray(x)',
  'any(x)',
  'topK(5)(x)',
  'throwIf(x = 1)',
  "throwIf(x != 'acme', toString(x))",
  'intDiv(1, length(x) - 10)',
  'count() OVER (PARTITION BY x)',
  "getSetting('cluster_for_parallel_replicas')",
  'rowNumberInAllBlocks()',
  'sum(x)',
  'dumpColumnStructure(x)',
  'materialize(x)',
)
const { select } = fc.letrec<{ select: string; source: string; value: string; condition: string }>((tie) => ({
  value: fc.oneof(
    column,
    fc
      .tuple(wrap, column)
      .map(([how, name]) =>
        how
          .replaceAll('x)', `${name === '*' ? 'stdout' : name})`)
          .replaceAll('(x ', `(${name === '*' ? 'stdout' : name} `),
      ),
  ),
  condition: fc.oneof(
    { maxDepth: 3 },
    tie('value').map((value) => `${value} = 'acme'`),
    pick(
      "organization_id = 'globex'",
      "organization_id != 'acme' OR 1",
      '1',
      'execution_id IN t',
      "stdout LIKE '%z%'",
    ),
    tie('select').map((inner) => `execution_id IN (${inner})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} OR NOT (${b}))`),
  ),
  source: fc.oneof(
    { maxDepth: 3 },
    table,
    tie('select').map((inner) => `(${inner})`),
    fc
      .tuple(tie('source'), tie('source'), pick('CROSS JOIN', 'LEFT JOIN', ','))
      .map(
        ([a, b, how]) => `${a} AS t ${how} ${b} AS u${how === 'LEFT JOIN' ? ' ON t.stdout = u.stdout' : ''}`,
      ),
  ),
  select: fc
    .tuple(
      tie('value'),
      tie('source'),
      fc.option(tie('condition')),
      pick(
        '',
        ' LIMIT 50',
        ' UNION ALL SELECT stdout FROM code_exec_logs',
        " SETTINGS cluster_for_parallel_replicas = 'all'",
        ' GROUP BY ALL',
        ' ORDER BY 1',
        ' /* x */',
      ),
      pick(
        '',
        '',
        'WITH t AS (SELECT execution_id FROM code_exec_logs) ',
        'WITH code_exec_logs AS (SELECT * FROM code_executions) ',
      ),
    )
    .map(
      ([value, source, condition, end, start]) =>
        `${start}SELECT ${value} FROM ${source}${condition === null ? '' : ` WHERE ${condition}`}${end}`,
    ),
}))

it('no statement of a bound key shows a row, an id or a count of others', async () => {
  const answered: string[] = []
  const property = fc.asyncProperty(select, async (query) => {
    const answer = await stack.service.post('/v1/sql', { query }, withKey(ACME_KEY).headers)
    const text = await answer.text()
    expect([200, 422], `${query}\n${text.slice(0, 500)}`).toContain(answer.status)
    expect(text, query).not.toMatch(SHOWN)
    if (answer.status === 200) answered.push(query)
  })
  // A slow machine may ask only a few in the time of one.
  for (let rounds = 0; rounds < 30 && answered.length === 0; rounds += 1) await fuzz(property)
  expect(answered).not.toEqual([])
})
