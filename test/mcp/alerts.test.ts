/** Alerts through the tools. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CALLER } from '../support/alert-stack.ts'
import { fire, makeSpentRule } from '../support/fired-rules.ts'
import { overHttp, type McpSession } from '../support/mcp.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { ACME_KEY, GLOBEX_KEY, READ_KEY, startOfflineService, type TestService } from '../support/service.ts'

let metadata: TestMetadata
let service: TestService
const sessions = new Map<string, McpSession>()
beforeAll(async () => {
  metadata = await startMetadata()
  service = await startOfflineService({}, { metadata })
  for (const key of [ACME_KEY, GLOBEX_KEY, READ_KEY])
    sessions.set(key, await overHttp(service.url, key, 'auto'))
})
afterAll(async () => {
  for (const session of sessions.values()) await session.close()
  await service.close()
  await metadata[Symbol.asyncDispose]()
})

function as(key: string): McpSession {
  const session = sessions.get(key)
  if (session === undefined) throw new Error('no session')
  return session
}

it('are listed, acknowledged, silenced and resolved', async () => {
  const rule = await makeSpentRule(metadata.database, CALLER, [])
  const alertId = await fire(metadata.database, CALLER, rule)
  const { call } = as(ACME_KEY)
  expect((await call('list_alerts')).alerts).toMatchObject([
    { id: alertId, ruleName: rule.name, severity: 'critical', reason: expect.stringContaining('200.0 %') },
  ])
  const acknowledged = await call('handle_alert', { action: 'acknowledge', alertId })
  expect(acknowledged.alert).toMatchObject({ phase: 'firing', acknowledgedBy: 'acme' })
  const given = { action: 'silence', ruleId: rule.id, matches: { codeAgentId: 'x' }, for: '2h' }
  const { silence } = await call('handle_alert', given)
  expect(silence).toMatchObject({ ruleId: rule.id, matches: { codeAgentId: 'x' } })
  expect(Date.parse(silence.endsAt) - Date.now()).toBeGreaterThan(7_100_000)
  expect((await call('handle_alert', { action: 'resolve', alertId })).alert.phase).toBe('resolved')
  expect((await call('list_alerts')).alerts).toEqual([])
  expect((await call('list_alerts', { phase: ['resolved'] })).alerts).toHaveLength(1)
})

it('are those that the key may see and change, and what is wrong is said', async () => {
  const alertId = await fire(metadata.database, CALLER, await makeSpentRule(metadata.database, CALLER, []))
  expect((await as(GLOBEX_KEY).call('list_alerts')).alerts).toEqual([])
  const resolve = { action: 'resolve', alertId }
  expect((await as(GLOBEX_KEY).attempt('handle_alert', resolve)).text).toContain('there is no alert')
  expect((await as(READ_KEY).attempt('handle_alert', resolve)).isError).toBe(true)
  const acme = as(ACME_KEY)
  expect((await acme.attempt('handle_alert', { action: 'resolve' })).text).toContain('name the alert')
  expect((await acme.attempt('handle_alert', { action: 'silence', for: 'soon' })).text).toContain('90s')
})
