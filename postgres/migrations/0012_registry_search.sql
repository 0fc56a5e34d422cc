-- What a search of agents finds in one index: their words and labels, whose they are, and how often they ran. Buckets of runs,
-- four for each power of two, let it read the agents with the most runs first and stop.
SET LOCAL statement_timeout = 0;

CREATE FUNCTION exectrail.registry_bucket(runs bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(4 * ln(runs + 1.0::double precision) / ln(2.0::double precision))::integer;

CREATE FUNCTION exectrail.registry_words(search tsvector, organization_id text, listed boolean, runs bigint) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search || array_to_tsvector(ARRAY[
  CASE WHEN listed THEN 'is:listed' ELSE 'is:unlisted' END,
  CASE WHEN listed THEN 'listed:' ELSE 'unlisted:' END || organization_id,
  'runs:' || exectrail.registry_bucket(runs)::text
]);

DROP INDEX exectrail.registry_agents_by_words;
CREATE INDEX registry_agents_by_words ON exectrail.registry_agents
  USING gin (exectrail.registry_words(search, organization_id, listed, runs)) WITH (fastupdate = off);
-- A search estimates its matches by the statistics of the index.
ALTER INDEX exectrail.registry_agents_by_words ALTER COLUMN 1 SET STATISTICS 1000;
ALTER TABLE exectrail.registry_agents ALTER COLUMN search SET STATISTICS 0;
