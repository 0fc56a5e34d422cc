-- The registry of code agents: namespaces, agents, their immutable versions, movable tags, installs, keys and reports.
CREATE TABLE exectrail.registry_namespaces (
  name text PRIMARY KEY CHECK (char_length(name) BETWEEN 1 AND 40),
  organization_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  -- The organization that may take it over.
  offered_to text,
  offered_at timestamptz,
  offered_by text
);

CREATE INDEX registry_namespaces_by_owner ON exectrail.registry_namespaces (organization_id);
CREATE INDEX registry_namespaces_offered ON exectrail.registry_namespaces (offered_to) WHERE offered_to IS NOT NULL;

CREATE TABLE exectrail.registry_agents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace text NOT NULL REFERENCES exectrail.registry_namespaces,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 40),
  -- Owner of the namespace.
  organization_id text NOT NULL,
  -- '': the whole organization.
  workspace_id text NOT NULL DEFAULT '',
  visibility text NOT NULL CHECK (visibility IN ('private', 'workspace', 'organization', 'public')),
  -- Every organization sees it: it is public, and a version of it is approved.
  listed boolean NOT NULL DEFAULT false,
  -- Checked at the end of a transaction, since a backup is restored in any order.
  forked_from bigint REFERENCES exectrail.registry_agents DEFERRABLE INITIALLY DEFERRED,
  forked_version text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  -- What lists show, of the version that `card_version` names.
  card_version text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'deprecated', 'yanked')),
  status_reason text,
  description text NOT NULL,
  language text NOT NULL,
  runtimes text[] NOT NULL,
  topics text[] NOT NULL,
  license text,
  signed boolean NOT NULL,
  -- Words, and the lexemes `topic:…`, `language:…` and `runtime:…`.
  search tsvector NOT NULL,
  -- What lists are sorted by; higher comes first, see registry-statistics.ts.
  runs bigint NOT NULL DEFAULT 0,
  success_score double precision NOT NULL DEFAULT -1,
  cost_score double precision NOT NULL DEFAULT '-Infinity',
  latency_score double precision NOT NULL DEFAULT '-Infinity',
  trend_score double precision NOT NULL DEFAULT 0,
  UNIQUE (namespace, name)
);

CREATE INDEX registry_agents_by_words ON exectrail.registry_agents USING gin (search) WITH (fastupdate = off);
CREATE INDEX registry_agents_by_runs ON exectrail.registry_agents (listed, runs DESC, id DESC);
CREATE INDEX registry_agents_by_time ON exectrail.registry_agents (listed, updated_at DESC, id DESC);
CREATE INDEX registry_agents_by_success ON exectrail.registry_agents (listed, success_score DESC, id DESC);
CREATE INDEX registry_agents_by_cost ON exectrail.registry_agents (listed, cost_score DESC, id DESC);
CREATE INDEX registry_agents_by_latency ON exectrail.registry_agents (listed, latency_score DESC, id DESC);
CREATE INDEX registry_agents_by_trend ON exectrail.registry_agents (listed, trend_score DESC, id DESC);
CREATE INDEX registry_agents_by_owner ON exectrail.registry_agents (organization_id, listed);
CREATE INDEX registry_agents_forks ON exectrail.registry_agents (forked_from) WHERE forked_from IS NOT NULL;
ALTER TABLE exectrail.registry_agents ALTER COLUMN search SET STATISTICS 1000;

-- Never changed but for status and review.
CREATE TABLE exectrail.registry_versions (
  agent_id bigint NOT NULL REFERENCES exectrail.registry_agents ON DELETE CASCADE,
  version text NOT NULL,
  -- Canonical JSON, which `sha256` is the hash of.
  definition text NOT NULL,
  sha256 text NOT NULL CHECK (char_length(sha256) = 64),
  code_sha256 text NOT NULL CHECK (char_length(code_sha256) = 64),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deprecated', 'yanked')),
  status_reason text,
  status_at timestamptz,
  status_by text,
  -- Null: never asked for. Only approved versions of public agents are seen by other organizations.
  review text CHECK (review IN ('pending', 'approved', 'refused')),
  review_reason text,
  reviewed_at timestamptz,
  reviewed_by text,
  published_at timestamptz NOT NULL DEFAULT now(),
  published_by text NOT NULL,
  -- The organization whose keys sign it.
  publisher_id text NOT NULL,
  -- DSSE, with the id of the key in it; null: not signed.
  signature jsonb,
  -- What the checks at publishing found.
  checks jsonb NOT NULL,
  PRIMARY KEY (agent_id, version)
);

CREATE INDEX registry_versions_to_review ON exectrail.registry_versions (published_at) WHERE review = 'pending';

-- Tags that are moved by hand; `latest` follows from the versions.
CREATE TABLE exectrail.registry_tags (
  agent_id bigint NOT NULL,
  tag text NOT NULL,
  version text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL,
  PRIMARY KEY (agent_id, tag),
  FOREIGN KEY (agent_id, version) REFERENCES exectrail.registry_versions ON DELETE CASCADE
);

CREATE TABLE exectrail.registry_installs (
  organization_id text NOT NULL,
  -- '': the whole organization.
  workspace_id text NOT NULL DEFAULT '',
  agent_id bigint NOT NULL REFERENCES exectrail.registry_agents ON DELETE CASCADE,
  -- What follows the `@`: a range, a tag or a version.
  reference text NOT NULL,
  version text NOT NULL,
  installed_at timestamptz NOT NULL DEFAULT now(),
  installed_by text NOT NULL,
  PRIMARY KEY (organization_id, workspace_id, agent_id)
);

CREATE INDEX registry_installs_by_agent ON exectrail.registry_installs (agent_id);

-- Public keys of organizations, which signatures are verified with.
CREATE TABLE exectrail.registry_keys (
  organization_id text NOT NULL,
  -- Derived from the key itself.
  id text NOT NULL,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  public_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (organization_id, id)
);

CREATE TABLE exectrail.registry_reports (
  id uuid PRIMARY KEY,
  agent_id bigint NOT NULL REFERENCES exectrail.registry_agents ON DELETE CASCADE,
  version text,
  -- Who reports.
  organization_id text NOT NULL,
  workspace_id text NOT NULL DEFAULT '',
  reported_by text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('malicious', 'broken', 'misleading', 'licence', 'other')),
  message text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Null: open.
  resolution text,
  resolved_at timestamptz,
  resolved_by text
);

CREATE INDEX registry_reports_open ON exectrail.registry_reports (created_at) WHERE resolved_at IS NULL;
CREATE INDEX registry_reports_by_reporter ON exectrail.registry_reports (organization_id, created_at);
CREATE INDEX registry_reports_by_agent ON exectrail.registry_reports (agent_id);

-- Figures of the executions of each version over the last days; '': all versions of the agent that its readers see.
CREATE TABLE exectrail.registry_statistics (
  agent_id bigint NOT NULL REFERENCES exectrail.registry_agents ON DELETE CASCADE,
  version text NOT NULL,
  runs bigint NOT NULL,
  successes bigint NOT NULL,
  p50_ms double precision,
  p95_ms double precision,
  -- Sum over the executions whose cost is known, 10⁻⁹ USD, and their number.
  cost_nano_usd bigint NOT NULL,
  priced bigint NOT NULL,
  -- Runs of the last seven days, and of the seven before.
  recent_runs bigint NOT NULL,
  earlier_runs bigint NOT NULL,
  last_run_at timestamptz,
  refreshed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent_id, version)
);

CREATE INDEX registry_statistics_due ON exectrail.registry_statistics (refreshed_at) WHERE version = '';

-- The replica that refreshes the statistics, and up to when it has read the store. At most one row.
CREATE TABLE exectrail.registry_refresh (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  held_until timestamptz,
  read_until timestamptz
);
