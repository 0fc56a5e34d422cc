/** Rules that fire at once, without a store: their budget is spent. */
import { randomUUID } from 'node:crypto'
import { listAlerts } from '../../src/alerts/alert-view.ts'
import { evaluateDue } from '../../src/alerts/evaluate.ts'
import { createRule, type RuleView } from '../../src/alerts/manage-rules.ts'
import { ruleSchema, type AlertRule } from '../../src/alerts/rule.ts'
import { moveOn } from '../../src/metadata/alert-rules.ts'
import type { Caller } from '../../src/metadata/audit-log.ts'
import type { Database } from '../../src/metadata/database.ts'
import { MINUTE } from './alert-stack.ts'
import { absentStore } from './service.ts'

export const spentRule = (channels: string[]): AlertRule =>
  ruleSchema.parse({
    name: randomUUID(),
    condition: { kind: 'budget', budget: 'b', critical: 1 },
    channels,
  })

export const makeSpentRule = (database: Database, caller: Caller, channels: string[]): Promise<RuleView> =>
  createRule(database, caller, spentRule(channels))

/** Evaluates the rule. @returns the id of its alert, which fires */
export async function fire(database: Database, { scope }: Caller, { id }: RuleView): Promise<string> {
  const end = Math.floor(Date.now() / MINUTE) * MINUTE - MINUTE
  await moveOn(database.queries, [{ id, nextEnd: new Date(end).toISOString() }])
  const budgets = { spentShare: () => Promise.resolve(2) }
  await evaluateDue({ store: absentStore(), database, pipeline: null, budgets }, end + 30_000)
  const found = await listAlerts(database, scope, { ruleId: id, phases: ['firing'], after: null, limit: 9 })
  return found.data[0]?.id ?? ''
}
