/** Dry runs of rules that are not over executions. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dryRun } from '../../src/alerts/dry-run.ts'
import { createRule } from '../../src/alerts/manage-rules.ts'
import type { AlertSources } from '../../src/alerts/read-rules.ts'
import { ruleSchema, type AlertRuleInput } from '../../src/alerts/rule.ts'
import { saveEvaluations } from '../../src/metadata/alert-evaluations.ts'
import { CALLER, MINUTE } from '../support/alert-stack.ts'
import { cost, putNew, USD } from '../support/budgets.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords } from '../support/records.ts'

const HOUR = 60 * MINUTE
/** Noon of yesterday, UTC: a budget of a day begins anew twelve hours before. */
const NOON = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR - 12 * HOUR
const iso = (ms: number): string => new Date(ms).toISOString()

let metadata: TestMetadata
let clickhouse: RunningClickHouse
let sources: AlertSources
beforeAll(async () => {
  ;[metadata, clickhouse] = await Promise.all([startMetadata(), startClickHouse()])
  sources = { store: clickhouse.store, database: metadata.database, pipeline: null, budgets: null }
})
afterAll(async () => {
  await clickhouse.stop()
  await metadata[Symbol.asyncDispose]()
})

const tryOut = (condition: AlertRuleInput['condition'], scope: { organizationId: string } = CALLER.scope) =>
  dryRun(sources, { rule: ruleSchema.parse({ name: 'x', condition }), scope }, '24h', NOON + 30_000)

it('a budget is tried on what its executions had spent of it in each period', async () => {
  const own = (hours: number, usd: number, agent = 'summer') => ({
    ...cost('acme', usd * USD, NOON + hours * HOUR + 1),
    codeAgentId: agent,
  })
  const records = [own(-26, 0.1), own(-20, 0.5), own(-18, 0.4), own(-16, 9, 'winter'), own(-6, 0.2)]
  await insertRecords(clickhouse, records)
  const given = { organizationId: 'acme', codeAgentId: 'summer', period: 'day' } as const
  const { id } = await putNew(metadata, given)
  const tried = await tryOut({ kind: 'budget', budget: id, critical: 0.8 })
  expect(tried).toMatchObject({ windows: 1440, alertCount: 1, notifications: 2, unknown: 0 })
  expect(tried.alerts).toMatchObject([
    { severity: 'critical', firedAt: iso(NOON - 18 * HOUR + MINUTE), endedAt: iso(NOON - 12 * HOUR) },
  ])
  const values = new Set(tried.points.map(({ value }) => Math.round((value ?? -1) * 10) / 10))
  expect([...values]).toEqual([0.1, 0.6, 1, 0, 0.2])
  const other = tryOut({ kind: 'budget', budget: id, critical: 0.8 }, { organizationId: 'globex' })
  await expect(other).rejects.toMatchObject({ code: 'not_found' })
})

it('the pipeline is tried on what rules have seen of it, and refused where none has', async () => {
  const { database } = metadata
  const condition = { kind: 'pipeline', fault: 'outbox_age', critical: 600 } as const
  const refused = { code: 'query_refused', message: expect.stringContaining('no rule on outbox_age') }
  await expect(tryOut(condition)).rejects.toMatchObject(refused)
  const rule = ruleSchema.parse({ name: randomUUID(), condition })
  const { id } = await createRule(database, CALLER, rule)
  const seen = [10, 700, 800, 20].map((value, index) => ({
    ruleId: id,
    windowEnd: iso(NOON - HOUR + index * MINUTE),
    state: 'ok' as const,
    value,
    sampleCount: 1,
    reason: '',
    groups: [],
  }))
  await saveEvaluations(database.queries, seen)
  // Since it was changed it may have seen something else.
  await expect(tryOut(condition)).rejects.toMatchObject(refused)
  await database.queries
    .updateTable('alert_rules')
    .set({ updated_at: new Date(0) })
    .execute()
  const tried = await tryOut({ ...condition, critical: 750 })
  expect(tried).toMatchObject({ alertCount: 1, unknown: 1436 })
  expect(tried.alerts[0]).toMatchObject({
    firedAt: iso(NOON - HOUR + 2 * MINUTE),
    endedAt: iso(NOON - HOUR + 3 * MINUTE),
  })
  await expect(tryOut(condition, { organizationId: 'globex' })).rejects.toMatchObject(refused)
  const lost = { kind: 'pipeline', fault: 'records_lost', critical: 1 } as const
  await expect(tryOut(lost)).rejects.toMatchObject({ code: 'query_refused' })
})
