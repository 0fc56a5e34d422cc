-- Content in the blob store: once for an organization, whatever number of executions refer to it.
CREATE TABLE exectrail.blobs (
  organization_id text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  -- As it is stored; null until it is.
  stored_bytes bigint CHECK (stored_bytes >= 0),
  -- 'deleting': its object may be gone at any moment, so nothing may refer to it.
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'stored', 'deleting')),
  reference_count bigint NOT NULL DEFAULT 0 CHECK (reference_count >= 0),
  -- When a reference was last added or removed, or the deletion begun.
  touched_at timestamptz NOT NULL DEFAULT now(),
  -- Who deletes it.
  claim uuid,
  PRIMARY KEY (organization_id, sha256)
);
-- What can be deleted is found without reading the rest.
CREATE INDEX blobs_unreferenced ON exectrail.blobs (touched_at) WHERE reference_count = 0;

CREATE TABLE exectrail.blob_references (
  organization_id text NOT NULL,
  execution_id text NOT NULL,
  -- The part of the execution, such as 'stdout'; 'file' for each file of /out.
  kind text NOT NULL,
  sha256 text NOT NULL,
  -- Start of the execution: references go with its content.
  started_at timestamptz NOT NULL,
  -- The content is cut at the bound of a blob.
  is_cut boolean NOT NULL,
  PRIMARY KEY (organization_id, execution_id, kind, sha256),
  FOREIGN KEY (organization_id, sha256) REFERENCES exectrail.blobs
);
CREATE INDEX blob_references_age ON exectrail.blob_references (started_at);
CREATE INDEX blob_references_blob ON exectrail.blob_references (organization_id, sha256);

-- What each organization has, for its quota.
CREATE TABLE exectrail.blob_use (
  organization_id text PRIMARY KEY,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  blobs bigint NOT NULL CHECK (blobs >= 0)
);
