-- Figures of whole hours and days of organizations with many rows, computed again from the rows with FINAL and never added
-- to. A day is read by the generation that code_exec_rollup_days names for it, which is written after its figures are there.
CREATE TABLE IF NOT EXISTS code_exec_rollups (
  organization_id LowCardinality(String),
  -- 'total', 'runtime' and others of an organization by the hour; 'agent', 'agent.runtime' and others of its agents by the day.
  dimension LowCardinality(String),
  code_agent_id LowCardinality(String),
  bucket DateTime('UTC') CODEC(Delta, ZSTD(1)),
  value String CODEC(ZSTD(1)),
  generation UInt64 CODEC(Delta, ZSTD(1)),
  n UInt64 CODEC(T64, ZSTD(1)),
  successes UInt64 CODEC(T64, ZSTD(1)),
  validations UInt64 CODEC(T64, ZSTD(1)),
  validations_passed UInt64 CODEC(T64, ZSTD(1)),
  duration_n UInt64 CODEC(T64, ZSTD(1)),
  duration_sum Float64 CODEC(ZSTD(1)),
  duration_max Float64 CODEC(ZSTD(1)),
  duration_levels AggregateFunction(quantilesTDigest(0.5, 0.75, 0.9, 0.95, 0.99), Float64) CODEC(ZSTD(1)),
  queue_n UInt64 CODEC(T64, ZSTD(1)),
  queue_sum Float64 CODEC(ZSTD(1)),
  queue_max Float64 CODEC(ZSTD(1)),
  queue_levels AggregateFunction(quantilesTDigest(0.5, 0.75, 0.9, 0.95, 0.99), Float64) CODEC(ZSTD(1)),
  startup_n UInt64 CODEC(T64, ZSTD(1)),
  startup_sum Float64 CODEC(ZSTD(1)),
  startup_max Float64 CODEC(ZSTD(1)),
  startup_levels AggregateFunction(quantilesTDigest(0.5, 0.75, 0.9, 0.95, 0.99), Float64) CODEC(ZSTD(1)),
  memory_n UInt64 CODEC(T64, ZSTD(1)),
  memory_sum Float64 CODEC(ZSTD(1)),
  memory_max Float64 CODEC(ZSTD(1)),
  memory_levels AggregateFunction(quantilesTDigest(0.5, 0.75, 0.9, 0.95, 0.99), Float64) CODEC(ZSTD(1)),
  tokens_n UInt64 CODEC(T64, ZSTD(1)),
  tokens_sum UInt64 CODEC(T64, ZSTD(1)),
  tokens_in_n UInt64 CODEC(T64, ZSTD(1)),
  tokens_in_sum UInt64 CODEC(T64, ZSTD(1)),
  tokens_out_n UInt64 CODEC(T64, ZSTD(1)),
  tokens_out_sum UInt64 CODEC(T64, ZSTD(1)),
  cost_run Nullable(Int64) CODEC(T64, ZSTD(1)),
  cost_allocated Nullable(Int64) CODEC(T64, ZSTD(1)),
  cost_tokens Nullable(Int64) CODEC(T64, ZSTD(1)),
  cost Nullable(Int64) CODEC(T64, ZSTD(1)),
  first_seen DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  last_seen DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  -- Of the newest execution: what a group of errors shows.
  message String CODEC(ZSTD(1)),
  execution_id String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (organization_id, dimension, code_agent_id, bucket, value)
-- A state has up to 2 KB.
SETTINGS index_granularity = 256;
CREATE TABLE IF NOT EXISTS code_exec_rollup_days (
  organization_id LowCardinality(String),
  -- 1970-01-01 is no day: its generation says until when arrivals were looked at.
  day Date,
  -- When its figures were begun, ms since the epoch.
  generation UInt64
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (organization_id, day)
