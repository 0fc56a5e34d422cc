-- Reads the marks of a part at the start of the engine, and keeps those that an insert or a merge writes. Otherwise the first
-- execution that is read of a part loads the marks of every column: 65 ms of processor time in place of 17. Marks of
-- 8,000,000 rows take 2.5 MB of memory.
ALTER TABLE code_exec_logs MODIFY SETTING prewarm_mark_cache = 1
