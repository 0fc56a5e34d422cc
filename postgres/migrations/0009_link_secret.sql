-- What links to content are signed with, the same for all services. Deleting the row ends all links; the next link makes another.
CREATE TABLE exectrail.link_secret (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  -- 64 hex
  secret text NOT NULL CHECK (secret ~ '^[0-9a-f]{64}$')
);
