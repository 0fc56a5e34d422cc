/** Exports beside the list and hand-written SQL over the same rows. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecutionPage } from '../../src/service/list-executions.ts'
import { FIELD_NAMES } from '../../src/record/record.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { askClickHouse } from '../support/clickhouse.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, ADMIN_KEY, GLOBEX_KEY, readProblem, withKey } from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

let stack: ApiStack
const FORMULAS = ['=1+1', '+cmd', '-2', '@SUM(A1)', '\t=1', '  =HYPERLINK("x")', '\r=1', '＝1']
const records = [
  makeRecord({
    input: '{"id":725653563933458437, "xs":[1.0]}',
    request: '{"limits":{"pids":3}}',
    result: '"a \\"quoted\\",\\"input\\": text"',
    stdout: 'line one\n"two", three ,"input":"x"',
    errorMessage: 'Code: 1. DB::Exception: no (version 25.8.2.1 (official build))\n',
  }),
  makeRecord({ input: '{"capped": "te', result: 'null', codeAgentId: null, success: true }),
  makeRecord({ durationMs: -0.5, memoryPeakBytes: 9_007_199_254_740_991, stdout: 'naïve 😀 \u0000' }),
  ...FORMULAS.map((text) => makeRecord({ codeAgentId: 'formulas', stdout: text, userId: text })),
]
beforeAll(async () => {
  stack = await startApiStack()
  await insertRecords(stack.clickhouse, records)
  await insertRecords(stack.clickhouse, records)
  await insertRecords(stack.clickhouse, [makeRecord({ organizationId: 'globex' })])
})
afterAll(() => stack.stop())

async function exported(query: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await stack.service.ask(`/v1/executions/export?${query}`, {
    headers: { ...withKey(ACME_KEY).headers, ...headers },
  })
  expect(answer.status, answer.ok ? '' : await answer.text()).toBe(200)
  return answer
}

async function lines(query: string): Promise<Record<string, unknown>[]> {
  const text = await (await exported(query)).text()
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
}

/** CSV as RFC 4180 has it. */
function parseCsv(text: string): string[][] {
  return [...text.matchAll(/(?<row>(?:(?:"(?:[^"]|"")*"|[^",\n]*),?)*)\n/gu)].map((match) =>
    [
      ...(match.groups?.['row'] ?? '').matchAll(
        /(?<=^|,)(?:"(?<quoted>(?:[^"]|"")*)"|(?<plain>[^",]*))(?=,|$)/gu,
      ),
    ].map(({ groups = {} }) => groups['quoted']?.replaceAll('""', '"') ?? groups['plain'] ?? ''),
  )
}

describe('an export as NDJSON', () => {
  it('has the records of the list, field by field, each once', async () => {
    const page = await stack.service.json<ExecutionPage>('/v1/executions?limit=1000', 200, withKey(ACME_KEY))
    const rows = await lines('')
    expect(rows).toHaveLength(records.length)
    const byId = new Map(rows.map((row) => [row['executionId'], row]))
    for (const record of page.data) expect(byId.get(record.executionId)).toEqual(record)
    expect(await (await exported('')).text()).toContain('"id":725653563933458437')
  })

  it('takes the filters and fields of the list, and says its window', async () => {
    const answer = await exported(
      'from=2026-01-01T00:00:00Z&codeAgentId=formulas&where=userId^==&fields=result,userId',
    )
    expect(await answer.text()).toBe('{"userId":"=1+1","result":null}\n')
    expect(answer.headers.get('X-Exectrail-Window')).toMatch(/^2026-01-01T00:00:00Z\/20/u)
    expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename="executions.ndjson"')
    expect(await lines('from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z')).toEqual([])
  })

  it('shows a key only its organization', async () => {
    const answer = await stack.service.ask('/v1/executions/export', withKey(GLOBEX_KEY))
    expect((await answer.text()).trimEnd().split('\n')).toHaveLength(1)
    const problem = await readProblem(
      await stack.service.ask('/v1/executions/export?organization=acme', withKey(GLOBEX_KEY)),
    )
    expect(problem.code).toBe('forbidden')
  })
})

it('answers HEAD with headers only, and holds no place for it', async () => {
  for (const _request of [1, 2, 3, 4, 5]) {
    const answer = await stack.service.ask('/v1/executions/export?format=csv', {
      method: 'HEAD',
      ...withKey(ACME_KEY),
    })
    expect([answer.status, answer.headers.get('Content-Disposition')]).toEqual([
      200,
      'attachment; filename="executions.csv"',
    ])
  }
  expect(await lines('codeAgentId=formulas&fields=executionId')).toHaveLength(FORMULAS.length)
})

describe('an export as CSV', () => {
  it('has a header, and cells that no spreadsheet takes for formulas', async () => {
    const answer = await exported('format=csv&codeAgentId=formulas')
    expect(answer.headers.get('Content-Type')).toContain('text/csv')
    const [header, ...rows] = parseCsv(await answer.text())
    expect(header).toEqual(FIELD_NAMES)
    const column = FIELD_NAMES.indexOf('userId')
    expect(new Set(rows.map((row) => row[column]))).toEqual(new Set(FORMULAS.map((text) => `'${text}`)))
    const plain = await (
      await exported('format=csv&fields=durationMs,userId,success&where=durationMs<0')
    ).text()
    expect(plain).toBe('"durationMs","userId","success"\n-0.5,,true\n')
  })

  it('is chosen by Accept, and compressed where the reader accepts that', async () => {
    const answer = await exported('fields=executionId', { Accept: 'text/csv', 'Accept-Encoding': 'gzip' })
    expect(answer.headers.get('Content-Encoding')).toBe('gzip')
    expect((await answer.text()).split('\n')).toHaveLength(records.length + 2)
    const bare = await exported('fields=executionId', { 'Accept-Encoding': 'gzip;q=0' })
    expect([bare.headers.get('Content-Encoding'), (await bare.text()).length]).toEqual([
      null,
      expect.any(Number),
    ])
  })
})

describe('an export as Parquet', () => {
  it('reads back as the rows, with times and numbers of their own types', async () => {
    const bytes = Buffer.from(await (await exported('format=parquet')).arrayBuffer())
    expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1'])
    const footer = bytes.toString('latin1')
    for (const name of FIELD_NAMES) expect(footer).toContain(name)
    const structure =
      "executionId String, startedAt DateTime64(9, 'UTC'), durationMs Float64, success Bool, codeAgentId Nullable(String), input Nullable(String)"
    const query = `SELECT count() AS n, sum(durationMs) AS ran, countIf(success) AS good, countIf(codeAgentId IS NULL) AS alone,
      max(startedAt) AS last, countIf(input = '{"capped": "te') AS capped FROM p FORMAT JSONEachRow`
    const form = new FormData()
    form.append('p', new Blob([bytes]))
    const asked = { query, p_structure: structure, p_format: 'Parquet' }
    const answer = await askClickHouse(stack.clickhouse, asked, { method: 'POST', body: form })
    const last =
      records
        .map(({ startedAt }) => startedAt)
        .toSorted()
        .at(-1) ?? ''
    expect(await answer.json()).toMatchObject({
      n: records.length,
      ran: records.reduce((sum, { durationMs }) => sum + durationMs, 0),
      good: records.length,
      alone: 1,
      last: `${last.replace('T', ' ').replace('Z', '')}000000`,
      capped: 1,
    })
  })
})

describe('an export that breaks off', () => {
  const count = 20_000
  beforeAll(async () => {
    const columns = 'execution_id, organization_id, code_agent_id, started_at, timestamp, stdout'
    await stack.clickhouse.store.command(
      `INSERT INTO code_exec_logs (${columns}) SELECT toString(number), 'large', 'a', now64(9) - number, now64(9), repeat('x', 2000)
       FROM numbers(${count})`,
    )
  })

  it('holds every row of a large window, and counts as hand-written SQL does', async () => {
    const answer = await stack.service.ask(
      '/v1/executions/export?organization=large&fields=executionId,stdout',
    )
    let rows = 0
    for await (const piece of answer.body ?? [])
      rows += Buffer.from(piece).toString('latin1').split('\n').length - 1
    const [byHand] = await stack.clickhouse.store.query<{ n: string }>(
      "SELECT uniqExact(execution_id) AS n FROM code_exec_logs WHERE organization_id = 'large'",
    )
    expect([rows, Number(byHand?.n)]).toEqual([count, count])
  })

  it('never ends as if it were complete', async () => {
    const { host, port } = new URL(stack.service.url)
    const socket = connect(Number(port), '127.0.0.1')
    const path = '/v1/executions/export?organization=large&fields=executionId,stdout'
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n\r\n`)
    let received = ''
    socket.once('data', () => socket.pause())
    const [first] = await once(socket, 'data')
    expect(String(first)).toMatch(/^HTTP\/1\.1 200 /u)
    const restarted = stack.clickhouse.restart()
    socket.on('data', (bytes: Buffer) => (received = `${received}${bytes.toString('latin1')}`.slice(-1000)))
    socket.on('error', () => undefined)
    socket.resume()
    await once(socket, 'close')
    expect(received).not.toMatch(/0\r\n\r\n$/u)
    await restarted
    await waitFor(() => stack.service.logged.some((line) => line.includes('/export')), {
      what: 'the log of the failure',
    })
  })

  it('ends its statement when the reader goes, and leaves room for others', async () => {
    for (const _reader of [1, 2, 3, 4, 5]) {
      const reader = new AbortController()
      const answer = await stack.service.ask('/v1/executions/export?organization=large&fields=stdout', {
        ...withKey(ADMIN_KEY),
        signal: reader.signal,
      })
      expect(answer.status).toBe(200)
      reader.abort()
    }
    const running = async (): Promise<boolean> => {
      const [row] = await stack.clickhouse.store.query<{ n: string }>(
        "SELECT count() AS n FROM system.processes WHERE query LIKE '%FROM code_exec_logs FINAL%stdout%' AND query NOT LIKE '%system.processes%'",
      )
      return row?.n === '0'
    }
    await waitFor(running, { what: 'the end of the statements' })
  })
})
