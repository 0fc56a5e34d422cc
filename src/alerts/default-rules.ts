/** Rules of a fresh installation. They are off until a user switches them on. */
import { randomUUID } from 'node:crypto'
import { claimSeeding } from '../metadata/alert-lease.ts'
import { insertRule } from '../metadata/alert-rules.ts'
import type { Database } from '../metadata/database.ts'
import { ruleSchema, type AlertRuleInput } from './rule.ts'
import { firstEnd } from './windows.ts'

const DEFAULT_RULES: readonly AlertRuleInput[] = [
  {
    name: 'Error rate',
    description: 'Executions of an agent that did not succeed.',
    condition: { kind: 'ratio', share: 'failures', warning: 0.1, critical: 0.25, recovery: 0.08 },
    windowSeconds: 900,
    breaches: { count: 2, of: 3 },
    groupBy: ['codeAgentId'],
  },
  {
    name: 'Timeouts',
    condition: { kind: 'ratio', share: 'timeouts', warning: 0.05, critical: 0.2, recovery: 0.04 },
    windowSeconds: 900,
    breaches: { count: 2, of: 3 },
  },
  {
    name: 'Executor crashes',
    description: 'Executions whose executor ended before they did.',
    condition: { kind: 'threshold', measure: 'count', critical: 1 },
    filter: { where: ['errorType=executor_crashed'] },
  },
  {
    name: 'Outbox age',
    description: 'Seconds that the oldest record waits to be delivered.',
    condition: { kind: 'pipeline', fault: 'outbox_age', warning: 60, critical: 600 },
    breaches: { count: 2, of: 2 },
  },
  {
    name: 'Sink down',
    description: 'Sinks of the Collector that have a queue and send nothing.',
    condition: { kind: 'pipeline', fault: 'sink_failing', critical: 1 },
    breaches: { count: 3, of: 3 },
  },
]

/** Adds them once in the life of an installation; rules that were deleted do not come back. */
export async function addDefaultRules({ queries }: Database): Promise<void> {
  await queries.transaction().execute(async (transaction) => {
    if (!(await claimSeeding(transaction))) return
    for (const given of DEFAULT_RULES) {
      const rule = ruleSchema.parse({ ...given, enabled: false })
      await insertRule(
        transaction,
        randomUUID(),
        { organizationId: null, workspaceId: null },
        {
          name: rule.name,
          definition: rule,
          enabled: false,
          changedBy: 'exectrail',
          nextEnd: new Date(firstEnd(rule, Date.now())).toISOString(),
        },
      )
    }
  })
}
