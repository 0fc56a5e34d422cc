-- Bounds on what the executions of an organization, a workspace, an agent or a user may cost in a day or a month (UTC).
CREATE TABLE exectrail.budgets (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  -- '': every one.
  workspace_id text NOT NULL DEFAULT '',
  code_agent_id text NOT NULL DEFAULT '',
  user_id text NOT NULL DEFAULT '',
  period text NOT NULL CHECK (period IN ('day', 'month')),
  limit_nano_usd bigint NOT NULL CHECK (limit_nano_usd BETWEEN 1 AND 9007199254740991),
  -- What happens when it is spent.
  action text NOT NULL CHECK (action IN ('warn', 'refuse')),
  -- Whose keys may change it.
  set_by text NOT NULL CHECK (set_by IN ('installation', 'organization', 'workspace')),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL,
  -- When the counter was last held against the store.
  reconciled_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (organization_id, workspace_id, code_agent_id, user_id, period)
);

-- What was spent of a budget in a period.
CREATE TABLE exectrail.budget_use (
  budget_id uuid NOT NULL REFERENCES exectrail.budgets ON DELETE CASCADE,
  period_start timestamptz NOT NULL,
  spent_nano_usd bigint NOT NULL,
  executions bigint NOT NULL,
  -- Executions whose cost is unknown, or unknown in part.
  unpriced bigint NOT NULL,
  PRIMARY KEY (budget_id, period_start)
);

-- What each executor has reserved for the executions that it runs.
CREATE TABLE exectrail.budget_holds (
  budget_id uuid NOT NULL REFERENCES exectrail.budgets ON DELETE CASCADE,
  executor_id text NOT NULL,
  reserved_nano_usd bigint NOT NULL,
  running integer NOT NULL,
  -- An executor that lives moves it.
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (budget_id, executor_id)
);

-- A budget was used to 50, 80 or 100 %: once in a period.
CREATE TABLE exectrail.budget_warnings (
  budget_id uuid NOT NULL REFERENCES exectrail.budgets ON DELETE CASCADE,
  period_start timestamptz NOT NULL,
  percent smallint NOT NULL CHECK (percent IN (50, 80, 100)),
  at timestamptz NOT NULL DEFAULT now(),
  spent_nano_usd bigint NOT NULL,
  limit_nano_usd bigint NOT NULL,
  PRIMARY KEY (budget_id, period_start, percent)
);
