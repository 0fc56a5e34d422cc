-- Of the days that code_exec_rollup_days names, by the same generations: the failed executions themselves, so that groups of
-- errors are computed without reading the others,
CREATE TABLE IF NOT EXISTS code_exec_rollup_failures (
  organization_id LowCardinality(String),
  bucket DateTime('UTC') CODEC(Delta, ZSTD(1)),
  generation UInt64 CODEC(Delta, ZSTD(1)),
  error_fingerprint LowCardinality(Nullable(String)),
  error_type LowCardinality(Nullable(String)),
  error_message Nullable(String) CODEC(ZSTD(1)),
  started_at DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  execution_id String CODEC(ZSTD(1)),
  workspace_id LowCardinality(Nullable(String)),
  user_id Nullable(String) CODEC(ZSTD(1)),
  code_agent_id LowCardinality(String),
  code_agent_version LowCardinality(Nullable(String)),
  node_id LowCardinality(Nullable(String)),
  runtime LowCardinality(String),
  language LowCardinality(String),
  outcome LowCardinality(String),
  model LowCardinality(Nullable(String))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (organization_id, bucket, started_at);
-- and how often each value of a field occurs.
CREATE TABLE IF NOT EXISTS code_exec_rollup_values (
  organization_id LowCardinality(String),
  field LowCardinality(String),
  bucket DateTime('UTC') CODEC(Delta, ZSTD(1)),
  value String CODEC(ZSTD(1)),
  generation UInt64 CODEC(Delta, ZSTD(1)),
  n UInt64 CODEC(T64, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (organization_id, field, bucket, value)
