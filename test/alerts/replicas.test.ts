/** Replicas as processes over one Postgres and one store, killed and frozen while they evaluate and deliver. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSeal } from '../../src/alerts/channels/seal.ts'
import { dryRun } from '../../src/alerts/dry-run.ts'
import { saveChannel } from '../../src/alerts/manage-channels.ts'
import { createRule } from '../../src/alerts/manage-rules.ts'
import { ruleSchema, type AlertRule } from '../../src/alerts/rule.ts'
import { moveOn } from '../../src/metadata/alert-rules.ts'
import { CALLER, ERROR_RATE, MINUTE, startAlertStack, type AlertStack } from '../support/alert-stack.ts'
import { startReceiver } from '../support/alerts.ts'
import { waitFor } from '../support/wait.ts'
import type { ReplicaOptions } from './replica-child.ts'

/** So that every window since can be caught up. */
const START = Math.floor(Date.now() / MINUTE) * MINUTE - 100 * MINUTE
const RULES = 120
/** When so many rules are evaluated, whoever evaluates is killed or frozen. */
const BLOWS = [
  [15, 'SIGKILL'],
  [45, 'SIGSTOP'],
  [80, 'SIGKILL'],
] as const

let stack: AlertStack
const replicas = new Map<string, ChildProcess>()
beforeAll(async () => {
  stack = await startAlertStack(START)
})
afterAll(async () => {
  for (const child of replicas.values()) child.kill('SIGKILL')
  await stack.stop()
})

function startReplica(): void {
  const options: ReplicaOptions = {
    replica: `replica-${replicas.size}`,
    storeUrl: stack.storeUrl,
    databaseUrl: stack.metadata.postgres.url,
    leaseSeconds: 3,
    claimSeconds: 3,
  }
  const file = join(import.meta.dirname, 'replica-child.ts')
  const child = spawn(process.execPath, [file, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  replicas.set(options.replica, child)
}

const ruleOf = (everySeconds: number): AlertRule =>
  ruleSchema.parse({
    name: randomUUID(),
    condition: ERROR_RATE,
    filter: { where: ['codeAgentId=bad'] },
    everySeconds,
    windowSeconds: 360,
    channels: ['hook'],
  })

/** Rules of many batches, each with its windows since the records began. */
async function makeRules(): Promise<Map<string, AlertRule>> {
  const { database } = stack.metadata
  const made = Array.from({ length: RULES }, async (_, index) => {
    const rule = ruleOf(60 * ((index % 3) + 1))
    const { id } = await createRule(database, CALLER, { ...rule, enabled: false })
    const nextEnd = new Date(START + ((index % 10) + 1) * MINUTE).toISOString()
    await moveOn(database.queries, [{ id, nextEnd }])
    return [id, rule] as const
  })
  const rules = new Map(await Promise.all(made))
  await database.queries.updateTable('alert_rules').set({ enabled: true }).execute()
  return rules
}

async function evaluatedCount(): Promise<number> {
  const { queries } = stack.metadata.database
  return (await queries.selectFrom('alert_evaluations').select('rule_id').distinct().execute()).length
}

async function holder(): Promise<string> {
  const { queries } = stack.metadata.database
  return (await queries.selectFrom('alert_evaluator').select('holder').executeTakeFirst())?.holder ?? ''
}

/** Kills or freezes who evaluates. A frozen one goes on when another has its lease. */
async function strike(signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  const name = await holder()
  replicas.get(name)?.kill(signal)
  if (signal === 'SIGKILL') startReplica()
  const isTaken = async (): Promise<boolean> => (await holder()) !== name
  await waitFor(isTaken, { what: 'another to evaluate' })
  replicas.get(name)?.kill('SIGCONT')
}

it('neither lose an alert nor tell one twice', async () => {
  await using receiver = await startReceiver()
  const { database } = stack.metadata
  const { queries } = database
  const outlets = { allowedAddresses: ['127.0.0.1'], smtpUrl: null, mailFrom: 'a@b.example', publicUrl: null }
  const settings = { url: receiver.url }
  const hook = { name: 'hook', kind: 'webhook', settings, hourlyLimit: 10_000 } as const
  await saveChannel({ database, outlets, seal: createSeal(null) }, CALLER, hook)
  const rules = await makeRules()
  startReplica()
  startReplica()
  for (const [count, signal] of BLOWS) {
    const isThere = async (): Promise<boolean> => (await evaluatedCount()) >= count
    await waitFor(isThere, { what: `${count} rules` })
    await strike(signal)
  }
  const isDone = async (): Promise<boolean> => {
    const waiting = queries
      .selectFrom('alert_notifications')
      .select('id')
      .where('next_attempt_at', 'is not', null)
    return (await evaluatedCount()) === RULES && (await waiting.execute()).length === 0
  }
  await waitFor(isDone, { what: 'every rule and every message' })

  const alerts = await queries.selectFrom('alerts').selectAll().execute()
  const sent = await queries.selectFrom('alert_notifications').selectAll().execute()
  const expected = new Map<number, Awaited<ReturnType<typeof dryRun>>>()
  for (const every of [60, 120, 180]) {
    const asked = { rule: ruleOf(every), scope: CALLER.scope }
    expected.set(every, await dryRun(stack.sources, asked, '24h', Date.now()))
  }
  for (const [id, { everySeconds }] of rules) {
    const { alerts: should = [], notifications } = expected.get(everySeconds) ?? {}
    const own = alerts.filter((alert) => alert.rule_id === id)
    expect(own.map((alert) => [alert.fired_at?.toISOString(), alert.ended_at?.toISOString()])).toEqual(
      should.map(({ firedAt, endedAt }) => [firedAt, endedAt]),
    )
    expect(sent.filter((one) => one.alert_id === own[0]?.id)).toHaveLength(notifications ?? 0)
  }
  expect(alerts).toHaveLength(RULES)
  const delivered = receiver.received.slice(1).map(({ headers }) => headers['webhook-id'])
  expect(new Set(delivered)).toEqual(new Set(sent.map(({ id }) => id)))
  // What was under way when a replica was killed or frozen comes again, by the same id.
  expect(delivered.length - sent.length).toBeLessThanOrEqual(BLOWS.length * 16)
  const ended = await queries.selectFrom('alert_evaluations').select(['rule_id', 'window_end']).execute()
  for (const [id, { everySeconds }] of rules) {
    const ends = ended.flatMap((one) => (one.rule_id === id ? [one.window_end.getTime()] : []))
    const [first, last] = [Math.min(...ends), Math.max(...ends)]
    expect(ends).toHaveLength((last - first) / everySeconds / 1000 + 1)
  }
})
