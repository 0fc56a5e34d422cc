/** A rule whose stored definition this release cannot read, beside others. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ruleHistory } from '../../src/alerts/manage-alerts.ts'
import { changeRule, deleteRule, getRule, listRules } from '../../src/alerts/manage-rules.ts'
import { listAlerts } from '../../src/alerts/alert-view.ts'
import { EVALUATION_STATES } from '../../src/metadata/alert-evaluations.ts'
import { CALLER } from '../support/alert-stack.ts'
import { fire, makeSpentRule, spentRule } from '../support/fired-rules.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const historyOf = (ruleId: string) =>
  ruleHistory(metadata.database, CALLER.scope, {
    ruleId,
    states: EVALUATION_STATES,
    before: null,
    limit: 9,
  })

it.each([
  ['condition.kind', { condition: { kind: 'of a later release' } }],
  ['delaySeconds', { delaySeconds: 'soon' }],
  ['everySeconds', { everySeconds: null, delaySeconds: -1e300 }],
])('fails alone, says that %s is the cause, and can be mended', async (field, change) => {
  const { database } = metadata
  const [broken, whole] = [
    await makeSpentRule(database, CALLER, []),
    await makeSpentRule(database, CALLER, []),
  ]
  await fire(database, CALLER, broken)
  await database.queries
    .updateTable('alert_rules')
    .set({
      definition: JSON.stringify({ ...spentRule([]), ...change }),
      next_end: new Date(Date.now() - 120_000),
    })
    .where('id', '=', broken.id)
    .execute()
  expect(await fire(database, CALLER, whole)).not.toBe('')
  const failed = (await historyOf(broken.id)).filter(({ state }) => state === 'failed')
  expect(failed).toMatchObject([{ reason: expect.stringContaining(field) }])
  const shown = await listRules(database, CALLER.scope)
  expect(shown.find(({ id }) => id === broken.id)?.lastError).toContain(field)
  expect((await getRule(database, CALLER.scope, broken.id)).lastError).toContain(field)
  const asked = { ruleId: broken.id, phases: ['firing'], after: null, limit: 9 } as const
  expect((await listAlerts(database, CALLER.scope, asked)).data).toHaveLength(1)
  const mended = await changeRule(database, CALLER, broken.id, spentRule([]))
  expect(mended.lastError).toBeNull()
  await deleteRule(database, CALLER, broken.id)
})
