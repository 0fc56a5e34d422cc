-- Files of /out that were left behind; rows from before did not count them.
ALTER TABLE code_exec_logs
  ADD COLUMN IF NOT EXISTS out_files_dropped Nullable(UInt64) DEFAULT toUInt64OrNull(LogAttributes['code_exec.out_files_dropped']) CODEC(T64, ZSTD(1)) AFTER result;
CREATE OR REPLACE VIEW code_executions AS SELECT *, memory_mb FROM code_exec_logs FINAL
