/** A store with a burst of failures, and rules that are evaluated over it at minutes of the test's choice. */
import { randomUUID } from 'node:crypto'
import { listAlerts, type AlertView } from '../../src/alerts/alert-view.ts'
import { evaluateDue, type Round } from '../../src/alerts/evaluate.ts'
import { createRule, type RuleView } from '../../src/alerts/manage-rules.ts'
import type { AlertSources } from '../../src/alerts/read-rules.ts'
import { ruleSchema, type AlertRuleInput } from '../../src/alerts/rule.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import { moveOn } from '../../src/metadata/alert-rules.ts'
import { ALERT_PHASES } from '../../src/metadata/alerts.ts'
import { startClickHouse } from './clickhouse.ts'
import { startMetadata, type TestMetadata } from './metadata.ts'
import { insertRecords, makeRecord } from './records.ts'

export const MINUTE = 60_000
/** The minute in which the records begin, some hours ago. */
export const START = Math.floor(Date.now() / MINUTE) * MINUTE - 200 * MINUTE
/** A key of acme. */
export const CALLER = {
  scope: { organizationId: 'acme' },
  actor: { keyId: null, name: 'ada', address: null },
} as const
export const ERROR_RATE = { kind: 'ratio', warning: 0.2, critical: 0.5 } as const

export interface AlertStack {
  metadata: TestMetadata
  /** Of the store. */
  storeUrl: string
  sources: AlertSources
  /** Makes a rule of acme, to be evaluated from the first minute on. */
  make: (input: Omit<AlertRuleInput, 'name'>) => Promise<RuleView>
  /** Evaluates what is due at a minute of the test, with the delay. */
  evaluateAt: (minute: number, given?: AlertSources) => Promise<Round>
  alertsOf: (rule: RuleView) => Promise<AlertView[]>
  stop: () => Promise<void>
}

/** @param start the minute in which the records begin, ms since the epoch */
export async function startAlertStack(start = START): Promise<AlertStack> {
  const [metadata, clickhouse] = await Promise.all([startMetadata(), startClickHouse()])
  const { database } = metadata
  await insertRecords(clickhouse, records(start))
  const sources: AlertSources = { store: clickhouse.store, database, pipeline: null, budgets: null }
  return {
    metadata,
    storeUrl: clickhouse.url,
    sources,
    async make(input) {
      const made = await createRule(database, CALLER, ruleSchema.parse({ name: randomUUID(), ...input }))
      await moveOn(database.queries, [{ id: made.id, nextEnd: new Date(START + MINUTE).toISOString() }])
      return made
    },
    evaluateAt: (minute, given = sources) => evaluateDue(given, START + minute * MINUTE + 30_000),
    async alertsOf({ id: ruleId }) {
      const asked = { ruleId, phases: ALERT_PHASES, after: null, limit: 100 }
      return (await listAlerts(database, CALLER.scope, asked)).data
    },
    async stop() {
      await clickhouse.stop()
      await metadata[Symbol.asyncDispose]()
    },
  }
}

function records(start: number): ExecutionRecord[] {
  return [
    ...executions('good', [0, 40], { successes: 5 }),
    // A burst of failures from the tenth minute on, for ten minutes.
    ...executions('bad', [0, 10], { successes: 5 }),
    ...executions('bad', [10, 20], { successes: 1, failures: 4 }),
    ...executions('bad', [20, 40], { successes: 5 }),
    ...Array.from({ length: 40 }, (_, minute) => [retried(minute, 1), retried(minute, 2)]).flat(),
  ].map(({ minute, ...part }) =>
    makeRecord({ ...part, startedAt: new Date(start + minute * MINUTE + 1_000).toISOString() }),
  )
}

/** The minute of the test at a time. */
export function minuteOf(time: string | null | undefined): number {
  return (Date.parse(time ?? '') - START) / MINUTE
}

type Execution = Partial<ExecutionRecord> & { minute: number }

function executions(
  agent: string,
  [from, to]: [number, number],
  { successes, failures = 0 }: { successes: number; failures?: number },
): Execution[] {
  return Array.from({ length: (to - from) * (successes + failures) }, (_, index) => {
    const minute = from + Math.floor(index / (successes + failures))
    return at(minute, index % (successes + failures) < failures, { codeAgentId: agent })
  })
}

function at(minute: number, fails: boolean, part: Partial<ExecutionRecord> = {}): Execution {
  return {
    minute,
    executionId: randomUUID(),
    organizationId: 'acme',
    durationMs: fails ? 900 : 100,
    ...(fails
      ? { outcome: 'failure', success: false, errorType: 'exception', errorFingerprint: 'f'.repeat(16) }
      : {}),
    ...part,
  }
}

/** A step that fails at first and succeeds when it is tried again. */
function retried(minute: number, attempt: number): Execution {
  const step = { codeAgentId: 'retrying', workflowExecutionId: `wf-${minute}`, nodeId: 'n', attempt }
  return at(minute, attempt === 1, step)
}
