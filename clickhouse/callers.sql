-- The user under which the service runs the SQL of bound keys on a ClickHouse server of yours. An administrator of the server
-- runs this once, and the statements for a table again after a migration adds columns to it:
--   clickhouse client --multiquery < clickhouse/callers.sql
-- Replace `exectrail` where CLICKHOUSE_DATABASE is another. The server's `custom_settings_prefixes` holds `SQL_`, as it does
-- by default: the service says in these settings whose rows a statement may read, and sends `readonly = 1` with them, so that
-- the statement cannot change them. A statement without them fails.
CREATE SETTINGS PROFILE IF NOT EXISTS exectrail_caller SETTINGS
  max_execution_time = 30 MIN 1 MAX 30,
  max_memory_usage = 1073741824 MIN 1 MAX 1073741824,
  max_temporary_data_on_disk_size_for_query = 4294967296 MIN 1 MAX 4294967296,
  max_result_bytes = 67108864 MIN 1 MAX 67108864,
  max_concurrent_queries_for_user = 16 READONLY,
  allow_ddl = 0 READONLY,
  allow_introspection_functions = 0 READONLY,
  use_query_cache = 0 READONLY,
  use_query_condition_cache = 0 READONLY;

CREATE USER IF NOT EXISTS exectrail_caller IDENTIFIED WITH sha256_password BY 'choose-a-password' SETTINGS PROFILE 'exectrail_caller';

CREATE DATABASE IF NOT EXISTS exectrail_callers;

-- Views without the dictionaries of LowCardinality, which rows of several organizations share. They are all that a statement
-- of a caller can name.
CREATE OR REPLACE VIEW exectrail_callers.code_exec_logs SQL SECURITY INVOKER AS SELECT
  `execution_id`, CAST(`organization_id` AS String) AS `organization_id`, CAST(`workspace_id` AS Nullable(String))
  AS `workspace_id`, `user_id`, CAST(`code_agent_id` AS String) AS `code_agent_id`, CAST(`code_agent_version` AS
  Nullable(String)) AS `code_agent_version`, `workflow_execution_id`, CAST(`node_id` AS Nullable(String)) AS
  `node_id`, `attempt`, CAST(`runtime` AS String) AS `runtime`, CAST(`language` AS String) AS `language`,
  CAST(`isolation` AS String) AS `isolation`, CAST(`outcome` AS String) AS `outcome`, `success`, `exit_code`,
  CAST(`signal` AS Nullable(String)) AS `signal`, CAST(`error_type` AS Nullable(String)) AS `error_type`,
  `error_message`, `error_stack`, CAST(`hint` AS Nullable(String)) AS `hint`, CAST(`error_fingerprint` AS
  Nullable(String)) AS `error_fingerprint`, `validation_passed`, `duration_ms`, `queue_ms`, `startup_ms`, `cpu_ms`,
  `memory_peak_bytes`, CAST(`memory_source` AS Nullable(String)) AS `memory_source`, `memory_mb`,
  `limit_timeout_ms`, `limit_memory_bytes`, `tokens_used`, `input_tokens`, `output_tokens`, CAST(`model` AS
  Nullable(String)) AS `model`, `allocated_vcpus`, `allocated_memory_bytes`,
  `held_from_ms`, `held_until_ms`, `cost_run_nano_usd`, `cost_allocated_nano_usd`, `cost_tokens_nano_usd`,
  CAST(`price_id` AS Nullable(String)) AS `price_id`, `code_sha256`, `code_bytes`, `code`, `input`, `request`,
  CAST(`request_loss` AS Nullable(String)) AS `request_loss`, `stdout`, `stderr`, `stdout_bytes`, `stderr_bytes`,
  `output_truncated`, `result`, `out_files_dropped`, `code_blob`, `input_blob`, `request_blob`, `result_blob`,
  `stdout_blob`, `stderr_blob`, `files_blob`, `sandbox_id`, `sandbox_age_ms`, `tool_call_id`,
  `conversation_id`, `replay_of`, `started_at`, `timestamp`, CAST(`executor_id` AS String) AS `executor_id`,
  `record_version`, `inserted_at`, `trace_id`, `span_id`
FROM exectrail.code_exec_logs FINAL;

CREATE OR REPLACE VIEW exectrail_callers.code_executions SQL SECURITY INVOKER AS SELECT
  `execution_id`, CAST(`organization_id` AS String) AS `organization_id`, CAST(`workspace_id` AS Nullable(String))
  AS `workspace_id`, `user_id`, CAST(`code_agent_id` AS String) AS `code_agent_id`, CAST(`code_agent_version` AS
  Nullable(String)) AS `code_agent_version`, `workflow_execution_id`, CAST(`node_id` AS Nullable(String)) AS
  `node_id`, `attempt`, CAST(`runtime` AS String) AS `runtime`, CAST(`language` AS String) AS `language`,
  CAST(`isolation` AS String) AS `isolation`, CAST(`outcome` AS String) AS `outcome`, `success`, `exit_code`,
  CAST(`signal` AS Nullable(String)) AS `signal`, CAST(`error_type` AS Nullable(String)) AS `error_type`,
  `error_message`, `error_stack`, CAST(`hint` AS Nullable(String)) AS `hint`, CAST(`error_fingerprint` AS
  Nullable(String)) AS `error_fingerprint`, `validation_passed`, `duration_ms`, `queue_ms`, `startup_ms`, `cpu_ms`,
  `memory_peak_bytes`, CAST(`memory_source` AS Nullable(String)) AS `memory_source`, `memory_mb`,
  `limit_timeout_ms`, `limit_memory_bytes`, `tokens_used`, `input_tokens`, `output_tokens`, CAST(`model` AS
  Nullable(String)) AS `model`, `allocated_vcpus`, `allocated_memory_bytes`,
  `held_from_ms`, `held_until_ms`, `cost_run_nano_usd`, `cost_allocated_nano_usd`, `cost_tokens_nano_usd`,
  CAST(`price_id` AS Nullable(String)) AS `price_id`, `code_sha256`, `code_bytes`, `code`, `input`, `request`,
  CAST(`request_loss` AS Nullable(String)) AS `request_loss`, `stdout`, `stderr`, `stdout_bytes`, `stderr_bytes`,
  `output_truncated`, `result`, `out_files_dropped`, `code_blob`, `input_blob`, `request_blob`, `result_blob`,
  `stdout_blob`, `stderr_blob`, `files_blob`, `sandbox_id`, `sandbox_age_ms`, `tool_call_id`,
  `conversation_id`, `replay_of`, `started_at`, `timestamp`, CAST(`executor_id` AS String) AS `executor_id`,
  `record_version`, `inserted_at`, `trace_id`, `span_id`
FROM exectrail.code_exec_logs FINAL;

CREATE OR REPLACE VIEW exectrail_callers.code_exec_events SQL SECURITY INVOKER AS SELECT
  `execution_id`, CAST(`organization_id` AS String) AS `organization_id`, CAST(`workspace_id` AS Nullable(String))
  AS `workspace_id`, `user_id`, CAST(`code_agent_id` AS String) AS `code_agent_id`, CAST(`code_agent_version` AS
  Nullable(String)) AS `code_agent_version`, `workflow_execution_id`, CAST(`node_id` AS Nullable(String)) AS
  `node_id`, `attempt`, CAST(`runtime` AS String) AS `runtime`, CAST(`language` AS String) AS `language`,
  CAST(`event_name` AS String) AS `event_name`, `limit_timeout_ms`, `limit_memory_bytes`, `tokens_used`,
  `input_tokens`, `output_tokens`, CAST(`model` AS Nullable(String)) AS `model`, `code_sha256`, `code_bytes`,
  CAST(`request_loss` AS Nullable(String)) AS `request_loss`, `tool_call_id`, `conversation_id`, `replay_of`,
  `started_at`, `timestamp`, CAST(`executor_id` AS String) AS `executor_id`, `inserted_at`, `trace_id`, `span_id`
FROM exectrail.code_exec_events FINAL;

CREATE OR REPLACE VIEW exectrail_callers.otel_traces SQL SECURITY INVOKER AS SELECT
  `Timestamp`, `TraceId`, `SpanId`, `ParentSpanId`, `TraceState`, CAST(`SpanName` AS String) AS `SpanName`,
  CAST(`SpanKind` AS String) AS `SpanKind`, CAST(`ServiceName` AS String) AS `ServiceName`,
  CAST(`ResourceAttributes` AS Map(String, String)) AS `ResourceAttributes`, CAST(`ScopeName` AS String) AS
  `ScopeName`, CAST(`ScopeVersion` AS String) AS `ScopeVersion`, CAST(`SpanAttributes` AS Map(String, String)) AS
  `SpanAttributes`, `Duration`, CAST(`StatusCode` AS String) AS `StatusCode`, `StatusMessage`, `Events.Timestamp`,
  CAST(`Events.Name` AS Array(String)) AS `Events.Name`, CAST(`Events.Attributes` AS Array(Map(String, String))) AS
  `Events.Attributes`, `Links.TraceId`, `Links.SpanId`, `Links.TraceState`, CAST(`Links.Attributes` AS
  Array(Map(String, String))) AS `Links.Attributes`, CAST(`organization_id` AS String) AS `organization_id`,
  `execution_id`, `record_version`
FROM exectrail.otel_traces FINAL;

-- Columns by name, so that the virtual columns, which reveal rows of others, are not granted.
GRANT SELECT ON exectrail_callers.* TO exectrail_caller;
GRANT SELECT(
  `execution_id`, `organization_id`, `workspace_id`, `user_id`, `code_agent_id`, `code_agent_version`,
  `workflow_execution_id`, `node_id`, `attempt`, `runtime`, `language`, `isolation`, `outcome`, `success`,
  `exit_code`, `signal`, `error_type`, `error_message`, `error_stack`, `hint`, `error_fingerprint`,
  `validation_passed`, `duration_ms`, `queue_ms`, `startup_ms`, `cpu_ms`, `memory_peak_bytes`, `memory_source`,
  `memory_mb`, `limit_timeout_ms`, `limit_memory_bytes`, `tokens_used`, `input_tokens`, `output_tokens`, `model`,
  `allocated_vcpus`, `allocated_memory_bytes`, `held_from_ms`, `held_until_ms`,
  `cost_run_nano_usd`, `cost_allocated_nano_usd`, `cost_tokens_nano_usd`, `price_id`, `code_sha256`, `code_bytes`,
  `code`, `input`, `request`, `request_loss`, `stdout`, `stderr`, `stdout_bytes`, `stderr_bytes`,
  `output_truncated`, `result`, `out_files_dropped`, `code_blob`, `input_blob`, `request_blob`, `result_blob`,
  `stdout_blob`, `stderr_blob`, `files_blob`, `sandbox_id`, `sandbox_age_ms`, `tool_call_id`,
  `conversation_id`, `replay_of`, `started_at`, `timestamp`, `executor_id`, `record_version`, `inserted_at`,
  `trace_id`, `span_id`
) ON exectrail.code_exec_logs TO exectrail_caller;
GRANT SELECT(
  `execution_id`, `organization_id`, `workspace_id`, `user_id`, `code_agent_id`, `code_agent_version`,
  `workflow_execution_id`, `node_id`, `attempt`, `runtime`, `language`, `event_name`, `limit_timeout_ms`,
  `limit_memory_bytes`, `tokens_used`, `input_tokens`, `output_tokens`, `model`, `code_sha256`, `code_bytes`,
  `request_loss`, `tool_call_id`, `conversation_id`, `replay_of`, `started_at`, `timestamp`, `executor_id`,
  `inserted_at`, `trace_id`, `span_id`
) ON exectrail.code_exec_events TO exectrail_caller;
GRANT SELECT(
  `Timestamp`, `TraceId`, `SpanId`, `ParentSpanId`, `TraceState`, `SpanName`, `SpanKind`, `ServiceName`,
  `ResourceAttributes`, `ScopeName`, `ScopeVersion`, `SpanAttributes`, `Duration`, `StatusCode`, `StatusMessage`,
  `Events.Timestamp`, `Events.Name`, `Events.Attributes`, `Links.TraceId`, `Links.SpanId`, `Links.TraceState`,
  `Links.Attributes`, `organization_id`, `execution_id`, `record_version`
) ON exectrail.otel_traces TO exectrail_caller;

-- The engine applies them while it reads, before any expression of a statement sees a row.
CREATE ROW POLICY IF NOT EXISTS exectrail_caller ON exectrail.code_exec_logs FOR SELECT USING
  organization_id = getSetting('SQL_exectrail_organization')
  AND (getSetting('SQL_exectrail_workspace') = '' OR ifNull(workspace_id, '') = getSetting('SQL_exectrail_workspace'))
  AND started_at >= parseDateTime64BestEffort(getSetting('SQL_exectrail_from'), 9, 'UTC')
  AND started_at < parseDateTime64BestEffort(getSetting('SQL_exectrail_to'), 9, 'UTC')
TO exectrail_caller;
CREATE ROW POLICY IF NOT EXISTS exectrail_caller ON exectrail.code_exec_events FOR SELECT USING
  organization_id = getSetting('SQL_exectrail_organization')
  AND (getSetting('SQL_exectrail_workspace') = '' OR ifNull(workspace_id, '') = getSetting('SQL_exectrail_workspace'))
  AND started_at >= parseDateTime64BestEffort(getSetting('SQL_exectrail_from'), 9, 'UTC')
  AND started_at < parseDateTime64BestEffort(getSetting('SQL_exectrail_to'), 9, 'UTC')
TO exectrail_caller;
-- Spans carry no workspace.
CREATE ROW POLICY IF NOT EXISTS exectrail_caller ON exectrail.otel_traces FOR SELECT USING
  organization_id = getSetting('SQL_exectrail_organization')
  AND getSetting('SQL_exectrail_workspace') = ''
  AND Timestamp >= parseDateTime64BestEffort(getSetting('SQL_exectrail_from'), 9, 'UTC')
  AND Timestamp < parseDateTime64BestEffort(getSetting('SQL_exectrail_to'), 9, 'UTC')
TO exectrail_caller;
