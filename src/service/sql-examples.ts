/** Queries to begin with; a test runs each. */
import type { SqlExample } from './sql-schema.ts'

const example = (question: string, query: string): SqlExample => ({ question, query })

export const EXAMPLES = {
  code_exec_logs: [
    example(
      'Which agents fail most, and how slow are they?',
      `SELECT code_agent_id, count() AS runs, countIf(NOT success) AS failed, round(failed / runs, 3) AS failure_rate,
  quantile(0.95)(duration_ms) AS p95_ms
FROM code_exec_logs
WHERE started_at >= now() - INTERVAL 1 DAY
GROUP BY code_agent_id ORDER BY failed DESC LIMIT 20`,
    ),
    example(
      'Which errors are most frequent, and what do they say?',
      `SELECT error_fingerprint, any(error_type) AS type, any(error_message) AS message, count() AS times,
  min(started_at) AS first_seen, max(started_at) AS last_seen
FROM code_exec_logs
WHERE error_fingerprint IS NOT NULL
GROUP BY error_fingerprint ORDER BY times DESC LIMIT 20`,
    ),
    example(
      'What do tokens and runs cost, day by day and model by model?',
      `SELECT toDate(started_at) AS day, model, sum(tokens_used) AS tokens,
  (sum(cost_run_nano_usd) + sum(cost_tokens_nano_usd)) / 1e9 AS usd
FROM code_exec_logs
GROUP BY day, model ORDER BY day, model`,
    ),
  ],
  code_exec_events: [
    example(
      'What began and has not ended?',
      `SELECT execution_id, code_agent_id, runtime, started_at
FROM code_exec_events
WHERE started_at >= now() - INTERVAL 1 HOUR AND execution_id NOT IN (SELECT execution_id FROM code_exec_logs)
ORDER BY started_at LIMIT 100`,
    ),
    example(
      'How many executions begin in each minute of the last hour?',
      `SELECT toStartOfMinute(started_at) AS minute, count() AS started
FROM code_exec_events
WHERE started_at >= now() - INTERVAL 1 HOUR
GROUP BY minute ORDER BY minute`,
    ),
    example(
      'How long after its start does an event arrive?',
      `SELECT runtime, quantile(0.99)(dateDiff('millisecond', started_at, inserted_at)) AS p99_ms
FROM code_exec_events
GROUP BY runtime`,
    ),
  ],
  otel_traces: [
    example(
      'Which spans take longest?',
      `SELECT SpanName, count() AS spans, quantile(0.95)(Duration) / 1e6 AS p95_ms
FROM otel_traces
GROUP BY SpanName ORDER BY p95_ms DESC LIMIT 20`,
    ),
    example(
      'Which spans failed, with their message?',
      `SELECT Timestamp, SpanName, execution_id, StatusMessage
FROM otel_traces
WHERE StatusCode = 'Error'
ORDER BY Timestamp DESC LIMIT 50`,
    ),
    example(
      'How do the spans of executions compare with their records?',
      `SELECT l.execution_id AS execution_id, l.duration_ms AS record_ms, t.Duration / 1e6 AS span_ms
FROM code_exec_logs AS l INNER JOIN otel_traces AS t ON t.SpanId = l.span_id
ORDER BY span_ms DESC LIMIT 20`,
    ),
  ],
} as const satisfies Readonly<Record<string, readonly [SqlExample, SqlExample, SqlExample]>>
