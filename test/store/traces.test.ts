import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askClickHouse, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

const span = {
  Timestamp: '2026-11-01 12:00:00.123456789',
  TraceId: '0af7651916cd43dd8448eb211c80319c',
  SpanId: 'b7ad6b7169203331',
  ParentSpanId: '',
  TraceState: '',
  SpanName: 'execute_code vm2',
  SpanKind: 'Internal',
  ServiceName: 'exectrail',
  ResourceAttributes: {},
  ScopeName: 'exectrail',
  ScopeVersion: '',
  SpanAttributes: { 'code_exec.organization.id': 'acme', 'code_exec.execution.id': 'e1' },
  Duration: 1_000_000,
  StatusCode: 'Error',
  StatusMessage: 'boom',
  'Events.Timestamp': ['2026-11-01 12:00:00.2'],
  'Events.Name': ['exception'],
  'Events.Attributes': [{ 'exception.message': 'boom' }],
  'Links.TraceId': [],
  'Links.SpanId': [],
  'Links.TraceState': [],
  'Links.Attributes': [],
}

/** Inserts spans with the column list of the exporter, in its order. */
async function insert(spans: readonly object[]): Promise<void> {
  const query = `INSERT INTO otel_traces (${Object.keys(span).join(', ')}) FORMAT JSONEachRow`
  const body = spans.map((one) => JSON.stringify(one)).join('\n')
  const answer = await askClickHouse(clickhouse, { query }, { method: 'POST', body })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
}

describe('otel_traces', () => {
  it('takes a span as the exporter writes it, and shows it once however often it comes', async () => {
    await insert([span])
    await insert([span, { ...span, SpanId: 'another' }])
    const rows = await clickhouse.store.query(
      `SELECT SpanId, organization_id, execution_id, Events.Name AS events, Events.Attributes[1]['exception.message'] AS message
       FROM otel_traces FINAL WHERE TraceId = {traceId:String} ORDER BY SpanId`,
      { traceId: span.TraceId },
    )
    expect(rows).toEqual(
      ['another', span.SpanId].map((SpanId) => ({
        SpanId,
        organization_id: 'acme',
        execution_id: 'e1',
        events: ['exception'],
        message: 'boom',
      })),
    )
  })

  it('lets the span of a true end win over the one of a presumed crash', async () => {
    const crashed = { ...span, TraceId: 'crash', SpanAttributes: { 'error.type': 'executor_crashed' } }
    const ended = { ...span, TraceId: 'crash', StatusCode: 'Ok' }
    await insert([ended])
    await insert([crashed])
    const rows = await clickhouse.store.query(
      "SELECT StatusCode FROM otel_traces FINAL WHERE TraceId = 'crash'",
    )
    expect(rows).toEqual([{ StatusCode: 'Ok' }])
  })
})
