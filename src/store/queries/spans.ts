import type { Store } from '../client.ts'
import { toIso } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

/** A span of `otel_traces`. */
export interface Span {
  traceId: string
  spanId: string
  /** Null for the root of its trace. */
  parentSpanId: string | null
  name: string
  kind: string
  service: string
  startedAt: string
  durationMs: number
  status: string
  statusMessage: string
  /** The execution it is the span of; null for others. */
  executionId: string | null
  /** At most 32, keys cut at 64 and values at 128 characters. */
  attributes: Readonly<Record<string, string>>
}

export interface SpansQuery {
  scope: Scope
  window: Window
  traceIds: readonly string[]
  limit: number
}

interface SpanRow {
  TraceId: string
  SpanId: string
  ParentSpanId: string
  name: string
  kind: string
  service: string
  started: string
  duration_ns: string
  status: string
  message: string
  execution: string
  attributes: Record<string, string>
}

const ATTRIBUTES_MAX = 32
const TEXT_MAX = 256
const KEY_MAX = 64
const VALUE_MAX = 128

/**
 * Spans of traces in order of their start. A key that is bound to an organization sees only the spans of its executions:
 * spans of other programs do not say whose they are.
 */
export async function listSpans(store: Store, query: SpansQuery): Promise<Span[]> {
  const { scope, window, traceIds, limit } = query
  if (traceIds.length === 0) return []
  const where = narrow(tenantCondition(scope, window, 'Timestamp'), 'TraceId IN {traceIds:Array(String)}', {
    traceIds,
    limit,
  })
  const rows = await store.query<SpanRow>(
    `SELECT TraceId, SpanId, ParentSpanId, ${cut('SpanName')} AS name, SpanKind AS kind, ${cut('ServiceName')} AS service,
       Timestamp AS started, Duration AS duration_ns, StatusCode AS status, ${cut('StatusMessage')} AS message,
       execution_id AS execution,
       mapFromArrays(arrayMap(key -> ${cut('key', KEY_MAX)}, arraySlice(mapKeys(SpanAttributes), 1, ${ATTRIBUTES_MAX})),
         arrayMap(value -> ${cut('value', VALUE_MAX)}, arraySlice(mapValues(SpanAttributes), 1, ${ATTRIBUTES_MAX}))) AS attributes
     FROM otel_traces FINAL WHERE ${where.sql}
     ORDER BY started, SpanId LIMIT {limit:UInt32}`,
    where.parameters,
  )
  return rows.map((row) => ({
    traceId: row.TraceId,
    spanId: row.SpanId,
    parentSpanId: row.ParentSpanId === '' ? null : row.ParentSpanId,
    name: row.name,
    kind: row.kind,
    service: row.service,
    startedAt: toIso(row.started),
    durationMs: Number(row.duration_ns) / 1e6,
    status: row.status,
    statusMessage: row.message,
    executionId: row.execution === '' ? null : row.execution,
    attributes: row.attributes,
  }))
}

function cut(text: string, max = TEXT_MAX): string {
  return `substringUTF8(${text}, 1, ${max})`
}
