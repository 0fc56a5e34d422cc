-- What came of the last offer of a namespace: who declined it, or who had the namespace before it moved. Null: neither.
ALTER TABLE exectrail.registry_namespaces
  ADD COLUMN declined_by text,
  ADD COLUMN declined_at timestamptz,
  ADD COLUMN moved_from text,
  ADD COLUMN moved_at timestamptz;

CREATE INDEX registry_namespaces_moved ON exectrail.registry_namespaces (moved_from) WHERE moved_from IS NOT NULL;

ALTER TABLE exectrail.registry_keys ADD COLUMN revoked_by text;

-- The key that the signature was verified with at publishing. Of versions from before, the key that it names.
ALTER TABLE exectrail.registry_versions ADD COLUMN signed_by text;
UPDATE exectrail.registry_versions SET signed_by = signature -> 'signatures' -> 0 ->> 'keyid' WHERE signature IS NOT NULL;

CREATE INDEX registry_versions_signed ON exectrail.registry_versions (publisher_id, signed_by, published_at DESC)
  WHERE signed_by IS NOT NULL;
