-- Help for common mistakes in code; rows from before have none.
ALTER TABLE code_exec_logs
  ADD COLUMN IF NOT EXISTS hint LowCardinality(Nullable(String)) DEFAULT nullIf(LogAttributes['code_exec.hint'], '') AFTER error_stack;
CREATE OR REPLACE VIEW code_executions AS SELECT *, memory_mb FROM code_exec_logs FINAL
