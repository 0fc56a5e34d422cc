-- Changes, each written in the transaction of what it describes.
CREATE TABLE exectrail.audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  -- Null: exectrail itself, at its start. The name is kept as it was then.
  actor_key_id uuid,
  actor_name text NOT NULL,
  -- Null: the whole installation.
  organization_id text,
  workspace_id text,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL,
  address text
);

CREATE INDEX audit_log_by_organization ON exectrail.audit_log (organization_id, id DESC);
