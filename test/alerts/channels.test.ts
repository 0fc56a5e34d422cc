import { lookup as resolveName } from 'node:dns'
import { describe, expect, it } from 'vitest'
import { toChannel, type ChannelKind } from '../../src/alerts/channels/channel.ts'
import { post, type PostPolicy } from '../../src/alerts/channels/http-post.ts'
import { toMessage, unknownNames } from '../../src/alerts/channels/message.ts'
import { createSeal } from '../../src/alerts/channels/seal.ts'
import { sendMessage } from '../../src/alerts/channels/send.ts'
import type { NotificationContent } from '../../src/alerts/notification.ts'
import { startReceiver } from '../support/alerts.ts'

const content: NotificationContent = {
  kind: 'firing',
  ruleId: 'rule-1',
  ruleName: 'Errors <!channel> & *more*',
  description: null,
  alertId: 'alert-1',
  organizationId: 'acme',
  severity: 'critical',
  group: { codeAgentId: 'summer' },
  value: 0.5,
  reason: '10 of 20 executions are without success',
  firedAt: '2026-11-01T10:00:00.000Z',
  window: { from: '2026-11-01T09:55:00.000Z', to: '2026-11-01T10:00:00.000Z' },
  where: ['codeAgentId=summer', 'success=false'],
  q: null,
}
const LOOPBACK: PostPolicy = { allowedAddresses: ['127.0.0.1'] }
const nowhere: PostPolicy = { allowedAddresses: [] }

describe('an address that users give', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://100.64.0.1/',
    'http://168.63.129.16/',
    'http://100.100.100.200/',
    'http://192.0.0.192/',
    'http://198.18.0.1/',
    'http://[2002:7f00:1::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2001:0:7f00:1::1]/',
    'http://[fd00:ec2::254]/',
    'http://localhost/',
    'https://127.0.0.1/',
    'http://１２７.0.0.1/',
  ])('is refused where it is private: %s', async (url) => {
    await expect(post({ url, headers: {}, body: '' }, nowhere)).rejects.toThrow('address is private')
  })

  it('is refused by what its name resolves to at that moment', async () => {
    let asked = 0
    const rebinding: PostPolicy = {
      allowedAddresses: [],
      lookup: (_name, options, done) => {
        asked += 1
        resolveName(asked === 1 ? '127.0.0.1' : '8.8.8.8', options, done)
      },
    }
    const given = { url: 'http://rebinding.example/', headers: {}, body: '' }
    await expect(post(given, rebinding)).rejects.toThrow('address is private')
    expect(asked).toBe(1)
  })

  it('is checked again at each redirect', async () => {
    await using receiver = await startReceiver(({ path }) => ({
      status: 307,
      headers: { location: path === '/own' ? '/other' : 'http://10.1.2.3/' },
    }))
    const sent = post({ url: `${receiver.url}/own`, headers: {}, body: '{}' }, LOOPBACK)
    await expect(sent).rejects.toThrow('address is private')
    expect(receiver.received.map(({ path, body }) => [path, body])).toEqual([
      ['/own', '{}'],
      ['/other', '{}'],
    ])
  })

  it('is given up where redirects do not end, and where one would lose the body', async () => {
    await using receiver = await startReceiver(({ path }) =>
      path === '/get'
        ? { status: 302, headers: { location: '/' } }
        : { status: 308, headers: { location: '/again' } },
    )
    await expect(post({ url: receiver.url, headers: {}, body: '' }, LOOPBACK)).rejects.toThrow('more than 3')
    await expect(post({ url: `${receiver.url}/get`, headers: {}, body: '' }, LOOPBACK)).rejects.toThrow('302')
  })

  it('says when to come back, and when not to', async () => {
    await using receiver = await startReceiver(({ path }) =>
      path === '/gone' ? { status: 410 } : { status: 429, headers: { 'retry-after': '7' } },
    )
    const of = (path: string) => post({ url: receiver.url + path, headers: {}, body: '' }, LOOPBACK)
    await expect(of('/gone')).rejects.toMatchObject({ final: true })
    await expect(of('/')).rejects.toMatchObject({ final: false, retryAfterMs: 7_000 })
  })
})

describe('a message', () => {
  const message = toMessage('id-1', content, {}, 'https://exectrail.example')

  it('leads to exactly the executions that fired it', () => {
    expect(message.title).toBe('[critical] Errors <!channel> & *more* (codeAgentId=summer)')
    expect(message.executionsUrl).toBe(
      'https://exectrail.example/executions?from=2026-11-01T09%3A55%3A00.000Z&to=2026-11-01T10%3A00%3A00.000Z&where=codeAgentId%3Dsummer&where=success%3Dfalse',
    )
  })

  it('is filled into templates once, and unknown names are found', () => {
    const filled = toMessage(
      'id',
      { ...content, reason: '{{value}}' },
      { body: '{{reason}} {{ value }}' },
      null,
    )
    expect(filled.body).toBe('{{value}} 0.5')
    expect(unknownNames('{{value}} {{colour}}')).toEqual(['colour'])
  })

  async function sent(kind: ChannelKind, part: { settings?: object; secret?: object }, given = content) {
    await using receiver = await startReceiver()
    const fill = (object: object = {}) =>
      Object.fromEntries(
        Object.entries(object).map(([key, value]) => [key, value === 'URL' ? receiver.url : value]),
      )
    const channel = toChannel({ kind, name: 'x', settings: fill(part.settings), secret: fill(part.secret) })
    const outlets = { ...LOOPBACK, smtpUrl: null, mailFrom: 'x@example.com', publicUrl: null }
    await sendMessage(channel, toMessage('id-1', given, {}, 'https://exectrail.example'), outlets)
    const [received] = receiver.received
    return { ...received, json: JSON.parse(received?.body ?? '{}') }
  }

  it('is no markup in Slack, Teams and Discord, and mentions no one', async () => {
    const secret = { url: 'URL' }
    const slack = await sent('slack', { secret })
    expect(slack.json.text).toBe('[critical] Errors &lt;!channel&gt; &amp; *more* (codeAgentId=summer)')
    expect(slack.json.attachments[0].text).toContain('|Executions>')
    const teams = await sent('teams', { secret })
    expect(teams.json.attachments[0].content.body[0].text).toContain(String.raw`\*more\*`)
    expect(teams.json.attachments[0].content.actions).toHaveLength(2)
    const discord = await sent('discord', { secret })
    expect(discord.json).toMatchObject({ allowed_mentions: { parse: [] } })
    expect(discord.json.embeds[0].title).toContain(String.raw`\*more\*`)
  })

  it('opens and closes one incident in PagerDuty and Opsgenie', async () => {
    const over = { ...content, kind: 'resolved' } as const
    const pager = { settings: { url: 'URL' }, secret: { routingKey: 'routing-key' } }
    expect((await sent('pagerduty', pager)).json).toMatchObject({
      routing_key: 'routing-key',
      event_action: 'trigger',
      dedup_key: 'alert-1',
      payload: { severity: 'critical' },
    })
    expect((await sent('pagerduty', pager, over)).json).toMatchObject({
      event_action: 'resolve',
      dedup_key: 'alert-1',
    })
    const genie = { settings: { url: 'URL' }, secret: { apiKey: 'genie-key' } }
    const opened = await sent('opsgenie', genie)
    expect(opened).toMatchObject({ path: '/v2/alerts', headers: { authorization: 'GenieKey genie-key' } })
    expect(opened.json).toMatchObject({ alias: 'alert-1', priority: 'P1' })
    expect((await sent('opsgenie', genie, over)).path).toBe('/v2/alerts/alert-1/close?identifierType=alias')
  })
})

it('a secret is opened with the key that sealed it alone', () => {
  const sealed = createSeal('one key of ours').seal({ url: 'https://hooks.example/secret' })
  expect(sealed).not.toContain('hooks')
  expect(createSeal('one key of ours').open(sealed)).toEqual({ url: 'https://hooks.example/secret' })
  expect(() => createSeal('another key').open(sealed)).toThrow('sealed with another key')
  expect(() => createSeal(null).open(sealed)).toThrow('sealed with another key')
})
