-- Columns the record keeps free for what the model's tokens cost and for the execution a run repeats.
ALTER TABLE code_exec_logs
  ADD COLUMN IF NOT EXISTS cost_tokens_nano_usd Nullable(Int64) DEFAULT toInt64OrNull(LogAttributes['code_exec.cost.tokens_nano_usd']) CODEC(T64, ZSTD(1)) AFTER cost_allocated_nano_usd,
  ADD COLUMN IF NOT EXISTS replay_of Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.replay_of'], '') CODEC(ZSTD(1)) AFTER conversation_id,
  ADD INDEX IF NOT EXISTS by_replay replay_of TYPE bloom_filter(0.001) GRANULARITY 1;
ALTER TABLE code_exec_events
  ADD COLUMN IF NOT EXISTS replay_of Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.replay_of'], '') CODEC(ZSTD(1)) AFTER conversation_id
