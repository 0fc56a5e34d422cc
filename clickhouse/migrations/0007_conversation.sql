-- The conversation of an agent in which a run was asked for.
ALTER TABLE code_exec_logs
  ADD COLUMN IF NOT EXISTS conversation_id Nullable(String) DEFAULT nullIf(LogAttributes['gen_ai.conversation.id'], '') CODEC(ZSTD(1)) AFTER tool_call_id,
  ADD INDEX IF NOT EXISTS by_conversation conversation_id TYPE bloom_filter(0.01) GRANULARITY 1;
ALTER TABLE code_exec_events
  ADD COLUMN IF NOT EXISTS conversation_id Nullable(String) DEFAULT nullIf(LogAttributes['gen_ai.conversation.id'], '') CODEC(ZSTD(1)) AFTER tool_call_id
