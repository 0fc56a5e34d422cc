-- What a replay needs beyond code and input, and what of it is not kept as it was. Rows from before say neither.
ALTER TABLE code_exec_logs
  ADD COLUMN IF NOT EXISTS request Nullable(String) DEFAULT if(mapContains(LogAttributes, 'code_exec.request'), LogAttributes['code_exec.request'], NULL) CODEC(ZSTD(3)) AFTER input,
  ADD COLUMN IF NOT EXISTS request_loss LowCardinality(Nullable(String)) DEFAULT nullIf(LogAttributes['code_exec.request_loss'], '') AFTER request;
ALTER TABLE code_exec_events
  ADD COLUMN IF NOT EXISTS request_loss LowCardinality(Nullable(String)) DEFAULT nullIf(LogAttributes['code_exec.request_loss'], '') AFTER code_bytes;
CREATE OR REPLACE VIEW code_executions AS SELECT *, memory_mb FROM code_exec_logs FINAL
