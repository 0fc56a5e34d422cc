/** Which channels a rule tells: one answer where it is made, where it fires and where its alert is ended by hand. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decideAlert } from '../../src/alerts/manage-alerts.ts'
import type { Caller } from '../../src/metadata/audit-log.ts'
import { saveChannel } from '../../src/metadata/alert-channels.ts'
import { listNotifications } from '../../src/metadata/alert-notifications.ts'
import { fire, makeSpentRule } from '../support/fired-rules.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const actor = { keyId: null, name: 'ada', address: null }
const ofWorkspace = (workspaceId: string): Caller => ({
  scope: { organizationId: 'acme', workspaceId },
  actor,
})

async function addChannel(name: string, workspaceId: string | null, organizationId = 'acme') {
  const id = randomUUID()
  const settings = { to: ['ada@example.com'] }
  const rest = { kind: 'email', settings, secret: '', hourlyLimit: 60, changedBy: 'test' }
  await saveChannel(metadata.database.queries, { id, name, organizationId, workspaceId, ...rest })
  return id
}

const makeRule = (caller: Caller, channels: string[]) => makeSpentRule(metadata.database, caller, channels)

it('those of its workspace and of its whole organization, and of no other', async () => {
  const [own, whole] = [await addChannel('on-call', 'w1'), await addChannel('on-call', null)]
  await addChannel('on-call', 'w2')
  await addChannel('on-call', null, 'globex')
  const caller = ofWorkspace('w1')
  const rule = await makeRule(caller, ['on-call'])
  const alertId = await fire(metadata.database, caller, rule)
  await decideAlert(metadata.database, caller, alertId, 'resolved')
  const notified = await listNotifications(metadata.database.queries, alertId)
  const of = (kind: string): string[] =>
    notified.flatMap((one) => (one.kind === kind ? [one.channelId] : [])).toSorted()
  expect([of('firing'), of('resolved')]).toEqual([[own, whole].toSorted(), [own, whole].toSorted()])
})

it('none of another workspace, which is said when the rule is made', async () => {
  await addChannel('of-w2', 'w2')
  await expect(makeRule(ofWorkspace('w1'), ['of-w2'])).rejects.toMatchObject({
    issues: [{ path: 'channels.0', message: 'there is no channel "of-w2"' }],
  })
  await makeRule(ofWorkspace('w2'), ['of-w2'])
})

it('whatever number of channels there is', async () => {
  await Promise.all(Array.from({ length: 205 }, (_, index) => addChannel(`many-${index + 100}`, null)))
  const caller: Caller = { scope: { organizationId: 'acme' }, actor }
  const alertId = await fire(metadata.database, caller, await makeRule(caller, ['many-304']))
  await decideAlert(metadata.database, caller, alertId, 'resolved')
  expect(await listNotifications(metadata.database.queries, alertId)).toHaveLength(2)
})
