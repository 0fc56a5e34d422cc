-- Content that executions name and that never reached the blob store.
CREATE TABLE exectrail.blob_drops (
  organization_id text NOT NULL,
  execution_id text NOT NULL,
  sha256 text NOT NULL,
  -- Start of the execution: the note goes with its content.
  started_at timestamptz NOT NULL,
  -- 'quota': of its organization; 'damaged': its file in the spool was; 'age': it waited there for too long.
  why text NOT NULL CHECK (why IN ('quota', 'damaged', 'age')),
  PRIMARY KEY (organization_id, execution_id, sha256)
);
CREATE INDEX blob_drops_age ON exectrail.blob_drops (started_at);
