-- Rules of alerts. The definition is checked by its schema whenever it is read.
CREATE TABLE exectrail.alert_rules (
  id uuid PRIMARY KEY,
  -- Null: the executions of every organization, or of every workspace.
  organization_id text,
  workspace_id text,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  definition jsonb NOT NULL,
  enabled boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL,
  -- End of the first window that was not evaluated.
  next_end timestamptz NOT NULL,
  -- Attempts that failed in a row at that window, the error of the last, and when it is tried again.
  failures integer NOT NULL DEFAULT 0,
  last_error text,
  retry_at timestamptz,
  CHECK (workspace_id IS NULL OR organization_id IS NOT NULL)
);

CREATE UNIQUE INDEX alert_rules_by_name
  ON exectrail.alert_rules (coalesce(organization_id, ''), coalesce(workspace_id, ''), name);

-- Alerts of each group of a rule: at most one that has not ended.
CREATE TABLE exectrail.alerts (
  id uuid PRIMARY KEY,
  rule_id uuid NOT NULL REFERENCES exectrail.alert_rules ON DELETE CASCADE,
  organization_id text,
  workspace_id text,
  group_name text NOT NULL,
  group_key jsonb NOT NULL,
  phase text NOT NULL CHECK (phase IN ('pending', 'firing', 'resolved')),
  severity text NOT NULL CHECK (severity IN ('warning', 'critical')),
  -- What the state machine remembers.
  state jsonb NOT NULL,
  since timestamptz NOT NULL,
  fired_at timestamptz,
  ended_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  -- Who ended it by hand.
  resolved_by text
);

CREATE UNIQUE INDEX alerts_open ON exectrail.alerts (rule_id, group_name) WHERE ended_at IS NULL;
CREATE INDEX alerts_by_organization ON exectrail.alerts (organization_id, since DESC, id);
CREATE INDEX alerts_by_time ON exectrail.alerts (since DESC, id);

-- Every window that was evaluated, with its value and why it did or did not fire. The key makes a second one impossible.
CREATE TABLE exectrail.alert_evaluations (
  rule_id uuid NOT NULL REFERENCES exectrail.alert_rules ON DELETE CASCADE,
  window_end timestamptz NOT NULL,
  evaluated_at timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL CHECK (state IN ('ok', 'pending', 'firing', 'unknown', 'failed', 'skipped')),
  value double precision,
  sample_count double precision,
  reason text NOT NULL,
  -- The groups that need attention most, at most twenty.
  groups jsonb NOT NULL,
  PRIMARY KEY (rule_id, window_end)
);

CREATE INDEX alert_evaluations_by_time ON exectrail.alert_evaluations (window_end);

CREATE TABLE exectrail.alert_silences (
  id uuid PRIMARY KEY,
  organization_id text,
  workspace_id text,
  -- Null: every rule.
  rule_id uuid REFERENCES exectrail.alert_rules ON DELETE CASCADE,
  matches jsonb NOT NULL,
  comment text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  created_by text NOT NULL
);

CREATE INDEX alert_silences_by_end ON exectrail.alert_silences (ends_at);

-- Where notifications go. What is secret of the settings is apart, encrypted where the installation has a key.
CREATE TABLE exectrail.alert_channels (
  id uuid PRIMARY KEY,
  organization_id text,
  workspace_id text,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  kind text NOT NULL,
  settings jsonb NOT NULL,
  secret text NOT NULL,
  hourly_limit integer NOT NULL CHECK (hourly_limit > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL
);

CREATE UNIQUE INDEX alert_channels_by_name
  ON exectrail.alert_channels (coalesce(organization_id, ''), coalesce(workspace_id, ''), name);

-- Notifications, written in the transaction of the evaluation and delivered at least once; receivers tell by the id.
CREATE TABLE exectrail.alert_notifications (
  id uuid PRIMARY KEY,
  channel_id uuid NOT NULL REFERENCES exectrail.alert_channels ON DELETE CASCADE,
  alert_id uuid NOT NULL REFERENCES exectrail.alerts ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('firing', 'reminder', 'resolved')),
  window_end timestamptz NOT NULL,
  content jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  -- Null: delivered, or given up.
  next_attempt_at timestamptz DEFAULT now(),
  delivered_at timestamptz,
  last_error text,
  UNIQUE (alert_id, channel_id, kind, window_end)
);

CREATE INDEX alert_notifications_due ON exectrail.alert_notifications (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX alert_notifications_sent ON exectrail.alert_notifications (channel_id, delivered_at);

-- The one replica that evaluates, until its lease ends. At most one row.
CREATE TABLE exectrail.alert_evaluator (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  holder text,
  held_until timestamptz,
  -- When the default rules were added.
  seeded_at timestamptz
);
