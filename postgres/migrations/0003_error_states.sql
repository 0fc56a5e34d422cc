-- What was decided about a group of errors. Without a row a group is open.
CREATE TABLE exectrail.error_states (
  organization_id text NOT NULL,
  -- '': the whole organization.
  workspace_id text NOT NULL DEFAULT '',
  fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
  state text NOT NULL CHECK (state IN ('open', 'resolved', 'ignored')),
  assignee text CHECK (char_length(assignee) BETWEEN 1 AND 256),
  -- When the state became what it is; an assignment does not change it.
  state_since timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL,
  PRIMARY KEY (organization_id, workspace_id, fingerprint)
);

CREATE INDEX error_states_by_time ON exectrail.error_states (organization_id, state_since DESC);
