-- What a sandbox has of its own and how much of its life was held for the execution: costs are computed from it.
ALTER TABLE code_exec_logs
  ADD COLUMN IF NOT EXISTS allocated_vcpus Nullable(Float64) DEFAULT if(isFinite(toFloat64OrNull(LogAttributes['code_exec.allocated.vcpus'])), toFloat64OrNull(LogAttributes['code_exec.allocated.vcpus']), NULL) CODEC(Gorilla, ZSTD(1)) AFTER model,
  ADD COLUMN IF NOT EXISTS allocated_memory_bytes Nullable(UInt64) DEFAULT toUInt64OrNull(LogAttributes['code_exec.allocated.memory_bytes']) CODEC(T64, ZSTD(1)) AFTER allocated_vcpus,
  ADD COLUMN IF NOT EXISTS held_from_ms Nullable(Float64) DEFAULT if(isFinite(toFloat64OrNull(LogAttributes['code_exec.held.from_ms'])), toFloat64OrNull(LogAttributes['code_exec.held.from_ms']), NULL) CODEC(Gorilla, ZSTD(1)) AFTER allocated_memory_bytes,
  ADD COLUMN IF NOT EXISTS held_until_ms Nullable(Float64) DEFAULT if(isFinite(toFloat64OrNull(LogAttributes['code_exec.held.until_ms'])), toFloat64OrNull(LogAttributes['code_exec.held.until_ms']), NULL) CODEC(Gorilla, ZSTD(1)) AFTER held_from_ms;
CREATE OR REPLACE VIEW code_executions AS SELECT *, memory_mb FROM code_exec_logs FINAL
