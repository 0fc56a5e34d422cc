-- API keys. Secrets are random, so a plain hash is enough; the secret itself is not stored.
CREATE TABLE exectrail.api_keys (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  secret_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(secret_sha256) = 32),
  -- Null: every organization, and every workspace.
  organization_id text,
  workspace_id text,
  scopes text[] NOT NULL CHECK (scopes <@ ARRAY['execute', 'read', 'write', 'admin'] AND cardinality(scopes) > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  CHECK (workspace_id IS NULL OR organization_id IS NOT NULL),
  CHECK (organization_id IS NOT NULL OR 'admin' = ANY (scopes))
);

CREATE INDEX api_keys_by_time ON exectrail.api_keys (created_at DESC, id);
