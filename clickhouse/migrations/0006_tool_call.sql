-- The tool call of the agent's framework that asked for the run.
ALTER TABLE code_exec_logs
  ADD COLUMN IF NOT EXISTS tool_call_id Nullable(String) DEFAULT nullIf(LogAttributes['gen_ai.tool.call.id'], '') CODEC(ZSTD(1)) AFTER sandbox_age_ms,
  ADD INDEX IF NOT EXISTS by_tool_call tool_call_id TYPE bloom_filter(0.001) GRANULARITY 1;
ALTER TABLE code_exec_events
  ADD COLUMN IF NOT EXISTS tool_call_id Nullable(String) DEFAULT nullIf(LogAttributes['gen_ai.tool.call.id'], '') CODEC(ZSTD(1)) AFTER code_bytes
