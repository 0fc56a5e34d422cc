-- What agents are filtered by begins with a colon, which no word does: the word "language" had been found in every agent.
-- Licences join it.
SET LOCAL statement_timeout = 0;

UPDATE exectrail.registry_agents SET search =
  ts_delete(search, ARRAY['language:' || language]
    || ARRAY(SELECT 'topic:' || topic FROM unnest(topics) topic)
    || ARRAY(SELECT 'runtime:' || runtime FROM unnest(runtimes) runtime))
  || array_to_tsvector(ARRAY[':language:' || language]
    || ARRAY(SELECT ':topic:' || topic FROM unnest(topics) topic)
    || ARRAY(SELECT ':runtime:' || runtime FROM unnest(runtimes) runtime)
    || CASE WHEN license IS NULL THEN '{}' ELSE ARRAY[':license:' || lower(license)] END);
