-- Users of the cluster, each with what it needs and no more. An administrator runs this once, on one server:
--   clickhouse client --multiquery < clickhouse/cluster/access.sql
-- Choose the passwords first. `exectrail` is CLICKHOUSE_DATABASE.
CREATE USER IF NOT EXISTS exectrail_service IDENTIFIED WITH sha256_password BY 'choose-a-password';
GRANT SELECT, INSERT, ALTER, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE ON exectrail.* TO exectrail_service;
GRANT CREATE DATABASE ON exectrail.* TO exectrail_service;
GRANT CLUSTER, REMOTE ON *.* TO exectrail_service;
GRANT SELECT ON system.* TO exectrail_service;
GRANT KILL QUERY ON *.* TO exectrail_service;

CREATE USER IF NOT EXISTS exectrail_collector IDENTIFIED WITH sha256_password BY 'choose-a-password';
GRANT INSERT ON exectrail.* TO exectrail_collector;
GRANT SELECT ON system.columns TO exectrail_collector;
GRANT SHOW TABLES, SHOW COLUMNS ON exectrail.* TO exectrail_collector;

-- For people and their tools: every organization, reading alone.
CREATE SETTINGS PROFILE IF NOT EXISTS exectrail_reader SETTINGS
  readonly = 2,
  max_execution_time = 30 MIN 1 MAX 120,
  max_memory_usage = 2147483648 MIN 1 MAX 4294967296;
CREATE USER IF NOT EXISTS exectrail_reader IDENTIFIED WITH sha256_password BY 'choose-a-password' SETTINGS PROFILE 'exectrail_reader';
GRANT SELECT ON exectrail.* TO exectrail_reader;
CREATE QUOTA IF NOT EXISTS exectrail_reader FOR INTERVAL 1 hour MAX queries = 10000, execution_time = 3600 TO exectrail_reader;

-- A user who reads the rows of one organization: one policy for each local table, since the shards filter. The last line keeps
-- the others' rows, which a first policy would hide.
CREATE USER IF NOT EXISTS acme_reader IDENTIFIED WITH sha256_password BY 'choose-a-password' SETTINGS PROFILE 'exectrail_reader';
GRANT SELECT ON exectrail.code_exec_logs TO acme_reader;
GRANT SELECT ON exectrail.code_exec_logs_local TO acme_reader;
CREATE ROW POLICY IF NOT EXISTS acme ON exectrail.code_exec_logs_local FOR SELECT USING organization_id = 'acme' TO acme_reader;
CREATE ROW POLICY IF NOT EXISTS everyone ON exectrail.code_exec_logs_local FOR SELECT USING 1 TO ALL EXCEPT acme_reader;
