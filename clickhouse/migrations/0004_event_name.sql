-- An exporter that started while the store was away does not name the event; only beginnings come here.
ALTER TABLE code_exec_events
  MODIFY COLUMN event_name LowCardinality(String) DEFAULT if(EventName = '', 'code_exec.started', EventName)
