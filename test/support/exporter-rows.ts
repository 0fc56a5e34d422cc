/** Whole records as the Collector's ClickHouse exporter inserts them. */
import type { ExecutionRecord } from '../../src/execution.ts'
import { FIELDS } from '../../src/record/fields.ts'
import { ATTRIBUTE_FIELDS } from '../../src/record/record.ts'
import { toClickHouseTime } from '../../src/store/rows.ts'
import { askClickHouse, type RunningClickHouse } from './clickhouse.ts'

/** The exporter's own list, in its order. */
const LOG_COLUMNS = [
  'Timestamp',
  'TraceId',
  'SpanId',
  'TraceFlags',
  'SeverityText',
  'SeverityNumber',
  'ServiceName',
  'Body',
  'ResourceSchemaUrl',
  'ResourceAttributes',
  'ScopeSchemaUrl',
  'ScopeName',
  'ScopeVersion',
  'ScopeAttributes',
  'LogAttributes',
  'EventName',
] as const

export type ExportedRow = Readonly<Record<(typeof LOG_COLUMNS)[number], unknown>>

/** What arrives of a record that is sent as a log record. */
export function toExported(record: ExecutionRecord): ExportedRow {
  const LogAttributes = Object.fromEntries(
    ATTRIBUTE_FIELDS.filter((field) => record[field] !== null).map((field) => [
      FIELDS[field].attribute,
      field === 'startedAt' ? String(toNanoseconds(record.startedAt)) : String(record[field]),
    ]),
  )
  return {
    Timestamp: toClickHouseTime(record.timestamp),
    TraceId: record.traceId,
    SpanId: record.spanId,
    TraceFlags: 1,
    SeverityText: 'INFO',
    SeverityNumber: 9,
    ServiceName: 'exectrail',
    Body: '',
    ResourceSchemaUrl: '',
    ResourceAttributes: { 'service.instance.id': record.executorId },
    ScopeSchemaUrl: '',
    ScopeName: '',
    ScopeVersion: '',
    ScopeAttributes: {},
    LogAttributes,
    EventName: 'code_exec.completed',
  }
}

/** Inserts them; throws what ClickHouse answers when it refuses. */
export async function insertExported(
  clickhouse: Pick<RunningClickHouse, 'url'>,
  rows: readonly ExportedRow[],
  table = 'code_exec_logs',
): Promise<void> {
  const query = `INSERT INTO ${table} (${LOG_COLUMNS.join(', ')}) FORMAT JSONEachRow`
  const body = rows.map((row) => JSON.stringify(row)).join('\n')
  const answer = await askClickHouse(clickhouse, { query }, { method: 'POST', body })
  if (!answer.ok) throw new Error(await answer.text())
}

function toNanoseconds(iso: string): bigint {
  const [whole = '', fraction = ''] = iso.replace(/Z$/u, '').split('.')
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}
