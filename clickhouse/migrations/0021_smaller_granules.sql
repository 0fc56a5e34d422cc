-- Agents that run seldom have few rows a day, so that whatever is asked of a day read 8,192 of each of them, decompressed in
-- blocks of 64 KiB. A merge writes granules of the rows that it takes at once. The first setting cannot be altered: a table
-- with the same parts (hard links), columns, TTL and settings takes the place of this one at once; parts stay as they are
-- until they are merged.
-- A deletion that has not ended would not be taken along.
ALTER TABLE code_exec_logs DELETE WHERE false SETTINGS mutations_sync = 2;
-- Neither would rows that are inserted meanwhile: they are refused, and whoever sends them sends them again.
ALTER TABLE code_exec_logs ADD CONSTRAINT IF NOT EXISTS not_while_it_is_replaced CHECK false;
CREATE OR REPLACE TABLE code_exec_logs CLONE AS code_exec_logs
SETTINGS index_granularity = 1024, merge_max_block_size = 1024, min_compress_block_size = 8192;
ALTER TABLE code_exec_logs DROP CONSTRAINT IF EXISTS not_while_it_is_replaced
