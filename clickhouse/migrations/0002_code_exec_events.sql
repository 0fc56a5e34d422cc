-- What was begun; the record of a run that has not ended is here alone. Kept for a week.
CREATE TABLE IF NOT EXISTS code_exec_events (
  -- What the Collector's exporter inserts; read by the DEFAULT expressions below and never stored.
  Timestamp DateTime64(9) EPHEMERAL,
  TraceId String EPHEMERAL,
  SpanId String EPHEMERAL,
  TraceFlags UInt8 EPHEMERAL,
  SeverityText String EPHEMERAL,
  SeverityNumber UInt8 EPHEMERAL,
  ServiceName String EPHEMERAL,
  Body String EPHEMERAL,
  ResourceSchemaUrl String EPHEMERAL,
  ResourceAttributes Map(LowCardinality(String), String) EPHEMERAL,
  ScopeSchemaUrl String EPHEMERAL,
  ScopeName String EPHEMERAL,
  ScopeVersion String EPHEMERAL,
  ScopeAttributes Map(LowCardinality(String), String) EPHEMERAL,
  LogAttributes Map(LowCardinality(String), String) EPHEMERAL,
  EventName String EPHEMERAL,

  execution_id String DEFAULT LogAttributes['code_exec.execution.id'] CODEC(ZSTD(1)),
  organization_id LowCardinality(String) DEFAULT LogAttributes['code_exec.organization.id'],
  workspace_id LowCardinality(Nullable(String)) DEFAULT nullIf(LogAttributes['code_exec.workspace.id'], ''),
  user_id Nullable(String) DEFAULT nullIf(LogAttributes['user.id'], '') CODEC(ZSTD(1)),
  -- In the sort key, so never NULL: '' is an execution without an agent.
  code_agent_id LowCardinality(String) DEFAULT LogAttributes['gen_ai.agent.id'],
  code_agent_version LowCardinality(Nullable(String)) DEFAULT nullIf(LogAttributes['gen_ai.agent.version'], ''),
  workflow_execution_id Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.workflow_execution.id'], '') CODEC(ZSTD(1)),
  node_id LowCardinality(Nullable(String)) DEFAULT nullIf(LogAttributes['code_exec.node.id'], ''),
  attempt UInt32 DEFAULT toUInt32OrZero(LogAttributes['code_exec.attempt']),
  runtime LowCardinality(String) DEFAULT LogAttributes['code_exec.runtime'],
  language LowCardinality(String) DEFAULT LogAttributes['code_exec.language'],
  event_name LowCardinality(String) DEFAULT EventName,
  limit_timeout_ms UInt64 DEFAULT toUInt64OrZero(LogAttributes['code_exec.limit.timeout_ms']) CODEC(T64, ZSTD(1)),
  limit_memory_bytes Nullable(UInt64) DEFAULT toUInt64OrNull(LogAttributes['code_exec.limit.memory_bytes']) CODEC(T64, ZSTD(1)),
  tokens_used Nullable(UInt64) DEFAULT toUInt64OrNull(LogAttributes['code_exec.tokens_used']) CODEC(T64, ZSTD(1)),
  input_tokens Nullable(UInt64) DEFAULT toUInt64OrNull(LogAttributes['gen_ai.usage.input_tokens']) CODEC(T64, ZSTD(1)),
  output_tokens Nullable(UInt64) DEFAULT toUInt64OrNull(LogAttributes['gen_ai.usage.output_tokens']) CODEC(T64, ZSTD(1)),
  model LowCardinality(Nullable(String)) DEFAULT nullIf(LogAttributes['gen_ai.request.model'], ''),
  code_sha256 String DEFAULT LogAttributes['code_exec.code.sha256'] CODEC(ZSTD(1)),
  code_bytes UInt64 DEFAULT toUInt64OrZero(LogAttributes['code_exec.code.bytes']) CODEC(T64, ZSTD(1)),
  started_at DateTime64(9, 'UTC') DEFAULT if(toInt64OrZero(LogAttributes['code_exec.started_at']) = 0, Timestamp,
    fromUnixTimestamp64Nano(toInt64OrZero(LogAttributes['code_exec.started_at']), 'UTC')) CODEC(Delta, ZSTD(1)),
  timestamp DateTime64(9, 'UTC') DEFAULT Timestamp CODEC(Delta, ZSTD(1)),
  executor_id LowCardinality(String) DEFAULT ResourceAttributes['service.instance.id'],
  inserted_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  trace_id String DEFAULT TraceId CODEC(ZSTD(1)),
  span_id String DEFAULT SpanId CODEC(ZSTD(1)),

  INDEX by_execution execution_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(started_at)
ORDER BY (organization_id, code_agent_id, started_at, execution_id, event_name)
TTL toDateTime(started_at) + INTERVAL 7 DAY
SETTINGS ttl_only_drop_parts = 1
