-- For people's tools, which select every column a table names: the columns of ours alone, and each execution once.
-- A migration that adds a column to code_exec_logs makes this view anew.
CREATE VIEW IF NOT EXISTS code_executions AS SELECT *, memory_mb FROM code_exec_logs FINAL
