-- Live events read what arrived last; starts are found by it as rows are.
ALTER TABLE code_exec_events
  ADD INDEX IF NOT EXISTS by_arrival inserted_at TYPE minmax GRANULARITY 1
