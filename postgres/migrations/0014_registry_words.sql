-- The index of words holds those of the agents alone: searches look at the order first, and need no buckets of runs. It is
-- made before the old one goes, so that searches go on meanwhile.
SET LOCAL statement_timeout = 0;

CREATE INDEX registry_agents_of_words ON exectrail.registry_agents USING gin (search) WITH (fastupdate = off);
DROP INDEX exectrail.registry_agents_by_words;
ALTER INDEX exectrail.registry_agents_of_words RENAME TO registry_agents_by_words;
DROP FUNCTION exectrail.registry_words(tsvector, text, boolean, bigint);
DROP FUNCTION exectrail.registry_bucket(bigint);
-- A search estimates its matches by the statistics of the column.
ALTER TABLE exectrail.registry_agents ALTER COLUMN search SET STATISTICS DEFAULT;
ANALYZE exectrail.registry_agents (search);
