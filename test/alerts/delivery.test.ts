/** Several processes that deliver from one outbox. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSeal } from '../../src/alerts/channels/seal.ts'
import { deliverDue, type Delivery } from '../../src/alerts/deliver.ts'
import { saveChannel } from '../../src/alerts/manage-channels.ts'
import { listNotifications } from '../../src/metadata/alert-notifications.ts'
import { CALLER } from '../support/alert-stack.ts'
import { startReceiver, type Received } from '../support/alerts.ts'
import { fire, makeSpentRule } from '../support/fired-rules.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { waitFor } from '../support/wait.ts'

let metadata: TestMetadata
let delivery: Delivery
const outlets = { allowedAddresses: ['127.0.0.1'], smtpUrl: null, mailFrom: 'a@b.example', publicUrl: null }
const seal = createSeal(null)
beforeAll(async () => {
  metadata = await startMetadata()
  delivery = { queries: metadata.database.queries, outlets, seal, claimSeconds: 1 }
})
afterAll(() => metadata[Symbol.asyncDispose]())

/** Alerts that the channel is to be notified of, not counting its test message. */
async function fireAlerts(count: number, name: string, url: string): Promise<string[]> {
  const settings = { name, kind: 'webhook', settings: { url }, hourlyLimit: 100 } as const
  await saveChannel({ database: metadata.database, outlets, seal }, CALLER, settings)
  const alerts: string[] = []
  for (let made = 0; made < count; made += 1)
    alerts.push(await fire(metadata.database, CALLER, await makeSpentRule(metadata.database, CALLER, [name])))
  return alerts
}

const idsOf = (received: readonly Received[]) => received.slice(1).map(({ headers }) => headers['webhook-id'])

it('each send what no other sends, however slow the receiver is', async () => {
  let requests = 0
  await using receiver = await startReceiver(async () => {
    requests += 1
    // The first is its test message; the second takes longer than a claim.
    await pause(requests === 1 ? 0 : requests === 2 ? 1_700 : 300)
    return { status: 204 }
  })
  await fireAlerts(6, 'slow', receiver.url)
  const sending = new AbortController()
  const first = deliverDue(delivery).finally(() => sending.abort())
  while (!sending.signal.aborted) {
    await deliverDue(delivery)
    await pause(100)
  }
  expect(await first).toBe(6)
  expect(idsOf(receiver.received)).toHaveLength(6)
  expect(new Set(idsOf(receiver.received)).size).toBe(6)
})

it('go on with what a process had claimed that was killed, and what it notes late changes nothing', async () => {
  let fails = false
  const thought = Promise.withResolvers<void>()
  await using receiver = await startReceiver(async () => {
    if (!fails) return { status: 204 }
    fails = false
    await thought.promise
    return { status: 503 }
  })
  const [alert = ''] = await fireAlerts(1, 'lost', receiver.url)
  fails = true
  // Without its renewal the claim ends while the receiver thinks: a process that was suspended.
  const { queries } = delivery
  const suspended = deliverDue({ ...delivery, claimSeconds: 100 })
  await waitFor(() => !fails, { what: 'the first to be under way' })
  await queries
    .updateTable('alert_notifications')
    .set({ next_attempt_at: new Date(0) })
    .where('alert_id', '=', alert)
    .execute()
  expect(await deliverDue(delivery)).toBe(1)
  thought.resolve()
  await suspended
  const shown = await listNotifications(queries, alert)
  expect(shown).toMatchObject([{ attempts: 2, deliveredAt: expect.any(String), nextAttemptAt: null }])
})
