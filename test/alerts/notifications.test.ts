import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { createSeal } from '../../src/alerts/channels/seal.ts'
import type { Outlets } from '../../src/alerts/channels/send.ts'
import { deliverDue } from '../../src/alerts/deliver.ts'
import { decideAlert } from '../../src/alerts/manage-alerts.ts'
import { deleteChannel, listChannels, saveChannel } from '../../src/alerts/manage-channels.ts'
import { silence } from '../../src/alerts/manage-silences.ts'
import { listNotifications } from '../../src/metadata/alert-notifications.ts'
import {
  CALLER,
  ERROR_RATE,
  MINUTE,
  START,
  startAlertStack,
  type AlertStack,
} from '../support/alert-stack.ts'
import { startMailServer, startReceiver } from '../support/alerts.ts'

let stack: AlertStack
beforeAll(async () => {
  stack = await startAlertStack()
})
afterAll(() => stack.stop())

describe('notifications', () => {
  const seal = createSeal('a key of the installation')
  const outlets: Outlets = {
    allowedAddresses: ['127.0.0.1'],
    smtpUrl: null,
    mailFrom: 'exectrail <alerts@exectrail.example>',
    publicUrl: 'https://exectrail.example',
  }
  const parts = (given: Partial<Outlets> = {}) => ({
    database: stack.metadata.database,
    outlets: { ...outlets, ...given },
    seal,
  })
  const deliver = (given: Partial<Outlets> = {}) =>
    deliverDue({ queries: stack.metadata.database.queries, outlets: { ...outlets, ...given }, seal })

  it('reach a webhook signed, once each, and a mail server', async () => {
    await using receiver = await startReceiver()
    await using mail = await startMailServer()
    const given = { smtpUrl: mail.url }
    const hook = {
      name: 'hook',
      kind: 'webhook',
      settings: { url: `${receiver.url}/hook` },
      hourlyLimit: 100,
    } as const
    const { signingSecret = '' } = await saveChannel(parts(), CALLER, hook)
    const post = {
      name: 'mail',
      kind: 'email',
      settings: { to: ['ada@example.com'] },
      hourlyLimit: 100,
    } as const
    await saveChannel(parts(given), CALLER, post)
    expect([receiver.received.length, mail.mails.length]).toEqual([1, 1])
    const rule = await stack.make({
      condition: ERROR_RATE,
      filter: { where: ['codeAgentId=bad'] },
      channels: ['hook', 'mail'],
    })
    await stack.evaluateAt(20)
    await Promise.all([deliver(given), deliver(given)])
    const [, sent] = receiver.received
    const verified = new Webhook(signingSecret).verify(
      sent?.body ?? '',
      sent?.headers as Record<string, string>,
    )
    expect(verified).toMatchObject({ type: 'alert.firing', data: { ruleId: rule.id, severity: 'warning' } })
    await deliverUntil(deliver, given, () => mail.mails.length >= 2)
    expect(mail.mails[1]).toContain('To: ada@example.com')
    await stack.evaluateAt(40)
    while ((await deliver(given)) > 0);
    const types = receiver.received.map(({ body }) => JSON.parse(body).type)
    expect(types).toEqual(['alert.test', 'alert.firing', 'alert.firing', 'alert.resolved'])
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(4)
  })

  it('are tried again with the same id, the end after the begin', async () => {
    let fails = false
    await using receiver = await startReceiver(() => ({ status: fails ? 503 : 204 }))
    await saveChannel(parts(), CALLER, {
      name: 'flaky',
      kind: 'webhook',
      settings: { url: receiver.url },
      hourlyLimit: 100,
    })
    const rule = await stack.make({
      condition: ERROR_RATE,
      filter: { where: ['codeAgentId=bad'] },
      channels: ['flaky'],
    })
    fails = true
    await stack.evaluateAt(40)
    await deliver()
    const [alert] = await stack.alertsOf(rule)
    const { queries } = stack.metadata.database
    const waiting = await listNotifications(queries, alert?.id ?? '')
    expect(waiting.filter(({ attempts }) => attempts > 0)).toMatchObject([
      { kind: 'firing', attempts: 1, deliveredAt: null, lastError: expect.stringContaining('503') },
    ])
    fails = false
    await queries
      .withSchema('exectrail')
      .updateTable('alert_notifications')
      .set({ next_attempt_at: new Date(0) })
      .where('delivered_at', 'is', null)
      .execute()
    while ((await deliver()) > 0);
    const bodies = receiver.received
      .slice(1)
      .map(({ body, headers }) => [JSON.parse(body).type, headers['webhook-id']])
    expect(bodies.map(([type]) => type)).toEqual([
      'alert.firing',
      'alert.firing',
      'alert.firing',
      'alert.resolved',
    ])
    expect(bodies[0]?.[1]).toBe(bodies[1]?.[1])
  })

  it('do not go out in a silence, and go out for an alert that is resolved by hand', async () => {
    await using receiver = await startReceiver()
    await saveChannel(parts(), CALLER, {
      name: 'quiet',
      kind: 'slack',
      secret: { url: receiver.url },
      settings: {},
      hourlyLimit: 100,
    })
    const rule = await stack.make({
      condition: ERROR_RATE,
      filter: { where: ['codeAgentId=bad'] },
      channels: ['quiet'],
    })
    const endsAt = new Date(Date.now() + MINUTE).toISOString()
    await silence(stack.metadata.database, CALLER, {
      ruleId: rule.id,
      matches: {},
      comment: '',
      startsAt: new Date(START).toISOString(),
      endsAt,
    })
    await stack.evaluateAt(15)
    while ((await deliver()) > 0);
    expect(receiver.received).toHaveLength(1)
    const [alert] = await stack.alertsOf(rule)
    expect(alert).toMatchObject({ phase: 'firing', isNotified: false })
    expect(await decideAlert(stack.metadata.database, CALLER, alert?.id ?? '', 'resolved')).toMatchObject({
      phase: 'resolved',
      resolvedBy: 'ada',
    })
  })

  it('wait where a channel has had enough within the hour', async () => {
    await using receiver = await startReceiver()
    await saveChannel(parts(), CALLER, {
      name: 'capped',
      kind: 'webhook',
      settings: { url: receiver.url },
      hourlyLimit: 1,
    })
    await stack.make({ condition: ERROR_RATE, filter: { where: ['codeAgentId=bad'] }, channels: ['capped'] })
    await stack.evaluateAt(40)
    while ((await deliver()) > 0);
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).toEqual(['alert.test', 'alert.firing'])
  })

  it('secrets are sealed and never shown, and channels that refuse the test are not saved', async () => {
    await using receiver = await startReceiver(({ path }) => ({ status: path === '/no' ? 403 : 204 }))
    const secret = { url: `${receiver.url}/T0/secret` }
    const saved = await saveChannel(parts(), CALLER, {
      name: 'masked',
      kind: 'slack',
      secret,
      settings: {},
      hourlyLimit: 9,
    })
    const rows = await stack.metadata.database.queries
      .withSchema('exectrail')
      .selectFrom('alert_channels')
      .selectAll()
      .execute()
    const everything = JSON.stringify([
      saved,
      await listChannels(stack.metadata.database, CALLER.scope),
      rows,
    ])
    expect(everything).not.toContain('T0/secret')
    const refused = {
      name: 'no',
      kind: 'slack',
      secret: { url: `${receiver.url}/no` },
      settings: {},
      hourlyLimit: 9,
    } as const
    await expect(saveChannel(parts(), CALLER, refused)).rejects.toThrow('answered 403')
    await expect(saveChannel(parts({ allowedAddresses: [] }), CALLER, refused)).rejects.toThrow(
      'address is private',
    )
    await deleteChannel(stack.metadata.database, CALLER, 'masked')
  })
})

/** Delivers until a condition holds. */
async function deliverUntil(
  deliver: (given: Partial<Outlets>) => Promise<number>,
  given: Partial<Outlets>,
  holds: () => boolean,
): Promise<void> {
  for (let turn = 0; turn < 100 && !holds(); turn += 1) await deliver(given)
}
