-- Content that the record holds in part is in the blob store under its hash.
ALTER TABLE code_exec_logs
  ADD COLUMN IF NOT EXISTS code_blob Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.code.blob'], '') CODEC(ZSTD(1)) AFTER out_files_dropped,
  ADD COLUMN IF NOT EXISTS input_blob Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.input.blob'], '') CODEC(ZSTD(1)) AFTER code_blob,
  ADD COLUMN IF NOT EXISTS request_blob Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.request.blob'], '') CODEC(ZSTD(1)) AFTER input_blob,
  ADD COLUMN IF NOT EXISTS result_blob Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.result.blob'], '') CODEC(ZSTD(1)) AFTER request_blob,
  ADD COLUMN IF NOT EXISTS stdout_blob Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.stdout.blob'], '') CODEC(ZSTD(1)) AFTER result_blob,
  ADD COLUMN IF NOT EXISTS stderr_blob Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.stderr.blob'], '') CODEC(ZSTD(1)) AFTER stdout_blob,
  ADD COLUMN IF NOT EXISTS files_blob Nullable(String) DEFAULT nullIf(LogAttributes['code_exec.files.blob'], '') CODEC(ZSTD(1)) AFTER stderr_blob;
CREATE OR REPLACE VIEW code_executions AS SELECT *, memory_mb FROM code_exec_logs FINAL
