import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addDefaultRules } from '../../src/alerts/default-rules.ts'
import { dryRun } from '../../src/alerts/dry-run.ts'
import { changeRule, deleteRule, listRules, type RuleView } from '../../src/alerts/manage-rules.ts'
import { ruleSchema } from '../../src/alerts/rule.ts'
import {
  listEvaluations,
  EVALUATION_STATES,
  type StoredEvaluation,
} from '../../src/metadata/alert-evaluations.ts'
import { releaseLease, takeLease } from '../../src/metadata/alert-lease.ts'
import { moveOn } from '../../src/metadata/alert-rules.ts'
import {
  CALLER,
  ERROR_RATE,
  MINUTE,
  minuteOf,
  START,
  startAlertStack,
  type AlertStack,
} from '../support/alert-stack.ts'
import { absentStore } from '../support/service.ts'

let stack: AlertStack
beforeAll(async () => {
  stack = await startAlertStack()
})
afterAll(() => stack.stop())

const historyOf = (rule: RuleView): Promise<StoredEvaluation[]> =>
  listEvaluations(stack.metadata.database.queries, {
    ruleId: rule.id,
    states: EVALUATION_STATES,
    before: null,
    limit: 1000,
  })
describe('a rule over executions', () => {
  it('fires for the group that fails, ends when it recovers, and tells why in its history', async () => {
    const rule = await stack.make({ condition: ERROR_RATE, groupBy: ['codeAgentId'] })
    await stack.evaluateAt(40)
    const alerts = await stack.alertsOf(rule)
    expect(alerts).toMatchObject([{ group: { codeAgentId: 'bad' }, phase: 'resolved', severity: 'warning' }])
    expect(minuteOf(alerts[0]?.firedAt)).toBe(12)
    expect(minuteOf(alerts[0]?.endedAt)).toBe(24)
    expect(alerts[0]?.executions.where).toEqual(['codeAgentId=bad', 'success=false'])
    const history = await historyOf(rule)
    expect(history).toHaveLength(40)
    const fired = history.find(({ windowEnd }) => minuteOf(windowEnd) === 12)
    expect(fired).toMatchObject({ state: 'firing', value: 8 / 25, sampleCount: 25 })
    expect(fired?.reason).toContain('8 of 25 executions are without success (32.0 %): reaches warning 0.2')
  })

  it('counts the last attempt of a step alone, unless all are wanted', async () => {
    const last = await stack.make({
      condition: ERROR_RATE,
      filter: { where: ['codeAgentId=retrying'] },
      minimumCount: 5,
    })
    const all = await stack.make({
      condition: ERROR_RATE,
      filter: { where: ['codeAgentId=retrying'] },
      attempts: 'all',
      minimumCount: 5,
    })
    await stack.evaluateAt(30)
    expect(await stack.alertsOf(last)).toEqual([])
    expect(await stack.alertsOf(all)).toMatchObject([{ phase: 'firing', value: 0.5 }])
  })

  it.each([
    ['percentile', { kind: 'percentile', percentile: 95, critical: 500 }, 11],
    ['threshold', { kind: 'threshold', measure: 'failures', critical: 20 }, 15],
    ['change', { kind: 'change', measure: 'failures', critical: 5 }, 12],
    ['burn_rate', { kind: 'burn_rate', objective: 0.9 }, 12],
    ['error_group', { kind: 'error_group' }, 11],
  ] as const)('of kind %s fires when it should', async (_, condition, minute) => {
    const rule = await stack.make({ condition, filter: { where: ['codeAgentId=bad'] } })
    await stack.evaluateAt(40)
    const [alert] = await stack.alertsOf(rule)
    expect(minuteOf(alert?.firedAt)).toBe(minute)
  })

  it('of kind absence fires when nothing comes any more', async () => {
    const rule = await stack.make({ condition: { kind: 'absence' }, groupBy: ['codeAgentId'] })
    await stack.evaluateAt(60)
    const alerts = await stack.alertsOf(rule)
    expect(new Map(alerts.map(({ group, phase }) => [group['codeAgentId'], phase]))).toEqual(
      new Map([
        ['bad', 'firing'],
        ['good', 'firing'],
        ['retrying', 'firing'],
      ]),
    )
    expect(minuteOf(alerts[0]?.firedAt)).toBe(45)
  })

  it('would have done in a dry run what it did', async () => {
    const rule = await stack.make({
      condition: ERROR_RATE,
      groupBy: ['codeAgentId'],
      breaches: { count: 2, of: 3 },
    })
    await stack.evaluateAt(60)
    const [alert] = await stack.alertsOf(rule)
    for (const range of ['24h', '30d'] as const) {
      const tried = await dryRun(
        stack.sources,
        {
          rule: ruleSchema.parse({
            name: 'x',
            condition: ERROR_RATE,
            groupBy: ['codeAgentId'],
            breaches: rule.breaches,
          }),
          scope: CALLER.scope,
        },
        range,
        Date.now(),
      )
      expect(tried.alertCount).toBe(1)
      if (range === '24h')
        expect(tried.alerts).toMatchObject([
          { group: alert?.group, firedAt: alert?.firedAt, endedAt: alert?.endedAt },
        ])
      expect(tried.notifications).toBeGreaterThanOrEqual(2)
      expect(tried.points.length).toBeLessThanOrEqual(720)
    }
  })
})

describe('the evaluator', () => {
  it('a rule that changes what it watches ends its alerts', async () => {
    const rule = await stack.make({ condition: ERROR_RATE, filter: { where: ['codeAgentId=bad'] } })
    await stack.evaluateAt(15)
    const fields = { name: rule.name, filter: rule.filter }
    const same = ruleSchema.parse({ ...fields, condition: ERROR_RATE, description: 'x' })
    await changeRule(stack.metadata.database, CALLER, rule.id, same)
    expect(await stack.alertsOf(rule)).toMatchObject([{ phase: 'firing' }])
    await changeRule(
      stack.metadata.database,
      CALLER,
      rule.id,
      ruleSchema.parse({ ...fields, condition: { ...ERROR_RATE, warning: 0.3 } }),
    )
    expect(await stack.alertsOf(rule)).toMatchObject([{ phase: 'resolved', resolvedBy: 'ada' }])
  })

  it('evaluates each window once, whatever is asked at once and again', async () => {
    const rule = await stack.make({ condition: ERROR_RATE, filter: { where: ['codeAgentId=bad'] } })
    await Promise.all([stack.evaluateAt(15), stack.evaluateAt(15), stack.evaluateAt(16)])
    await stack.evaluateAt(16)
    const ends = (await historyOf(rule)).map(({ windowEnd }) => minuteOf(windowEnd))
    expect(ends.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1))
    expect(await stack.alertsOf(rule)).toHaveLength(1)
  })

  it('shows a window that failed, and evaluates it when the store answers again', async () => {
    const rule = await stack.make({ condition: ERROR_RATE })
    await stack.evaluateAt(1, { ...stack.sources, store: absentStore() })
    expect(await historyOf(rule)).toMatchObject([
      { state: 'failed', reason: expect.stringContaining('ClickHouse') },
    ])
    const shown = (await listRules(stack.metadata.database, CALLER.scope)).find(({ id }) => id === rule.id)
    expect(shown?.lastError).toContain('ClickHouse')
    await moveOn(stack.metadata.database.queries, [
      { id: rule.id, nextEnd: new Date(START + MINUTE).toISOString() },
    ])
    await stack.evaluateAt(1)
    expect(await historyOf(rule)).toMatchObject([{ state: 'ok' }])
  })

  it('is one among several replicas, until its lease ends or is given up', async () => {
    const { queries } = stack.metadata.database
    const take = async (holder: string, seconds: number) =>
      (await takeLease(queries, { holder, seconds })).held
    expect(await take('a', 60)).toBe(true)
    expect(await take('b', 60)).toBe(false)
    expect(await take('a', -1)).toBe(true)
    expect(await take('b', 60)).toBe(true)
    await releaseLease(queries, 'b')
    expect(await take('a', 60)).toBe(true)
  })

  it('adds default rules once, switched off', async () => {
    await addDefaultRules(stack.metadata.database)
    const added = (await listRules(stack.metadata.database, 'all')).filter(
      ({ organizationId }) => organizationId === null,
    )
    expect(added.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['Error rate', false],
      ['Executor crashes', false],
      ['Outbox age', false],
      ['Sink down', false],
      ['Timeouts', false],
    ])
    for (const { id } of added) await deleteRule(stack.metadata.database, { ...CALLER, scope: 'all' }, id)
    await addDefaultRules(stack.metadata.database)
    const all = await listRules(stack.metadata.database, 'all')
    expect(all.filter(({ organizationId }) => organizationId === null)).toEqual([])
  })
})
