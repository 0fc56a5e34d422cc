-- Every span, as the Collector's stock ClickHouse exporter writes them. A re-delivered span is the same row,
-- and a span of an execution that ended wins over the one written for a presumed crash.
CREATE TABLE IF NOT EXISTS otel_traces (
  Timestamp DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)),
  TraceState String CODEC(ZSTD(1)),
  SpanName LowCardinality(String),
  SpanKind LowCardinality(String),
  ServiceName LowCardinality(String),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeName LowCardinality(String),
  ScopeVersion LowCardinality(String),
  SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  Duration UInt64 CODEC(T64, ZSTD(1)),
  StatusCode LowCardinality(String),
  StatusMessage String CODEC(ZSTD(1)),
  Events Nested (Timestamp DateTime64(9, 'UTC'), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
  Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
  organization_id LowCardinality(String) MATERIALIZED SpanAttributes['code_exec.organization.id'],
  execution_id String MATERIALIZED SpanAttributes['code_exec.execution.id'] CODEC(ZSTD(1)),
  record_version UInt8 MATERIALIZED if(SpanAttributes['error.type'] = 'executor_crashed', 1, 2),

  INDEX by_trace TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX by_execution execution_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(record_version)
PARTITION BY toYYYYMM(Timestamp)
ORDER BY (ServiceName, SpanName, Timestamp, TraceId, SpanId)
