/** The columns of `otel_traces`, which the Collector's exporter fills. */
import type { SqlColumn } from './sql-schema.ts'

const column = (name: string, type: string, description: string, unit: string | null = null): SqlColumn => ({
  name,
  type,
  unit,
  description,
  values: null,
})

export const SPAN_COLUMNS: readonly SqlColumn[] = [
  column('Timestamp', "DateTime64(9, 'UTC')", 'Start of the span.', 'UTC, ns'),
  column('TraceId', 'String', 'Its trace; `trace_id` of an execution.', '32 hex'),
  column('SpanId', 'String', 'Its own id; `span_id` of an execution.', '16 hex'),
  column('ParentSpanId', 'String', 'The span above it; empty for the first of a trace.', '16 hex'),
  column('TraceState', 'String', 'State of the trace, as W3C Trace Context has it.'),
  column('SpanName', 'String', 'Its name: `execute_code {runtime}` for an execution.'),
  column('SpanKind', 'String', 'Its kind, such as Internal or Server.'),
  column('ServiceName', 'String', 'The service that made it.'),
  column('ResourceAttributes', 'Map(String, String)', 'Attributes of that service.'),
  column('ScopeName', 'String', 'The library that made it.'),
  column('ScopeVersion', 'String', 'The version of that library.'),
  column('SpanAttributes', 'Map(String, String)', "Its attributes, such as ['code_exec.outcome']."),
  column('Duration', 'UInt64', 'How long it took.', 'ns'),
  column('StatusCode', 'String', 'Unset, Ok or Error.'),
  column('StatusMessage', 'String', 'The message of an error.'),
  column('Events.Timestamp', "Array(DateTime64(9, 'UTC'))", 'When each of its events was.', 'UTC, ns'),
  column('Events.Name', 'Array(String)', 'Name of each event; `exception` for an error.'),
  column('Events.Attributes', 'Array(Map(String, String))', 'Attributes of each event.'),
  column('Links.TraceId', 'Array(String)', 'The traces that it is linked to.', '32 hex'),
  column('Links.SpanId', 'Array(String)', 'The spans that it is linked to.', '16 hex'),
  column('Links.TraceState', 'Array(String)', 'State of those traces.'),
  column('Links.Attributes', 'Array(Map(String, String))', 'Attributes of each link.'),
  column('organization_id', 'String', 'Tenant.'),
  column(
    'execution_id',
    'String',
    'The execution it belongs to; empty for a span that is not of one.',
    'UUIDv7',
  ),
  column(
    'record_version',
    'UInt8',
    '1 for what was written in place of an executor that was presumed dead, 2 for a true end.',
  ),
]
