/** Rules about the way of the records, over a pipeline whose counters the test sets. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { listAlerts } from '../../src/alerts/alert-view.ts'
import { evaluateDue } from '../../src/alerts/evaluate.ts'
import { createRule, deleteRule, listRules } from '../../src/alerts/manage-rules.ts'
import { PipelineProbe } from '../../src/alerts/pipeline-probe.ts'
import { ruleSchema, type AlertRuleInput } from '../../src/alerts/rule.ts'
import { listEvaluations } from '../../src/metadata/alert-evaluations.ts'
import { moveOn } from '../../src/metadata/alert-rules.ts'
import { CALLER, MINUTE } from '../support/alert-stack.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { absentStore } from '../support/service.ts'

const START = (Math.floor(Date.now() / MINUTE / 2) * 2 - 30) * MINUTE

let metadata: TestMetadata
let probe: PipelineProbe
let looks = 0
let counters = { dropped: 0, sent: 0, queueBytes: 0 }
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())
beforeEach(async () => {
  for (const { id } of await listRules(metadata.database, CALLER.scope))
    await deleteRule(metadata.database, CALLER, id)
  ;[looks, counters] = [0, { dropped: 0, sent: 0, queueBytes: 0 }]
  probe = new PipelineProbe(() => {
    looks += 1
    const { dropped, sent, queueBytes } = counters
    const sink = { exporter: 'clickhouse', signal: 'logs', sent, queueBytes }
    return Promise.resolve({
      executor: { id: 'e', running: 0, waiting: 0, begun: 0, completed: 0 },
      outbox: { written: 0, sent, retried: 0, dead: 0, dropped, waitingBytes: 0, oldestMs: null },
      collector: { state: 'answers' as const, accepted: 0, refused: 0 },
      sinks: [{ ...sink, queueCapacityBytes: 100, failed: 0, refused: 0 }],
      parts: { ready: true, checks: [] },
      signozUrl: null,
    })
  })
})

const make = async (given: Omit<AlertRuleInput, 'name'>): Promise<string> => {
  const rule = ruleSchema.parse({ name: randomUUID(), ...given })
  const { id } = await createRule(metadata.database, CALLER, rule)
  await moveOn(metadata.database.queries, [{ id, nextEnd: new Date(START + 2 * MINUTE).toISOString() }])
  return id
}
const evaluateAt = (minute: number) =>
  evaluateDue(
    {
      store: absentStore(),
      database: metadata.database,
      pipeline: probe,
      budgets: { spentShare: () => Promise.resolve(null) },
    },
    START + minute * MINUTE + 30_000,
  )
const valuesOf = async (ruleId: string): Promise<(number | null)[]> => {
  const asked = { ruleId, states: ['ok', 'firing'], before: null, limit: 100 } as const
  return (await listEvaluations(metadata.database.queries, asked)).map(({ value }) => value).toReversed()
}

it('are over one look of a round, whatever fails beside them', async () => {
  const failing = await make({ condition: { kind: 'pipeline', fault: 'sink_failing', critical: 1 } })
  const slow = { condition: { kind: 'pipeline', fault: 'records_lost', critical: 1 } } as const
  const [minutely, slowly] = [
    await make(slow),
    await make({ ...slow, everySeconds: 120, windowSeconds: 240 }),
  ]
  // There is no such budget, so that each rule of its batch is tried again alone.
  await make({ condition: { kind: 'budget', budget: 'none', critical: 1 } })
  counters = { dropped: 5, sent: 1, queueBytes: 10 }
  await evaluateAt(2)
  counters = { dropped: 7, sent: 2, queueBytes: 10 }
  await evaluateAt(3)
  counters = { dropped: 8, sent: 3, queueBytes: 10 }
  await evaluateAt(4)
  expect(looks).toBe(3)
  expect(await valuesOf(failing)).toEqual([0, 0, 0])
  expect(await valuesOf(minutely)).toEqual([0, 2, 1])
  expect(await valuesOf(slowly)).toEqual([0, 3])
  const asked = { phases: ['firing'], after: null, limit: 9 } as const
  expect((await listAlerts(metadata.database, CALLER.scope, asked)).data).toHaveLength(2)
})

it('say that a sink fails when it has a queue and has sent nothing since the window before', async () => {
  const rule = await make({ condition: { kind: 'pipeline', fault: 'sink_failing', critical: 1 } })
  counters = { dropped: 0, sent: 1, queueBytes: 10 }
  await evaluateAt(2)
  await evaluateAt(3)
  expect(await valuesOf(rule)).toEqual([0, 1])
})
