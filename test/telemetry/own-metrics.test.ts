import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createExecutor } from '../../src/executor/executor.ts'
import { startTestCollector } from '../support/collector.ts'
import { offlineConfig } from '../support/configuration.ts'
import { freshHome, freshSink } from '../support/of-test.ts'
import { waitFor } from '../support/wait.ts'

const RUN = { runtime: 'subprocess', language: 'bash', code: 'true' } as const
const OFTEN = { OTEL_METRIC_EXPORT_INTERVAL: '100' }

it('go through the Collector to SigNoz, those of the host’s own parts beside them', async () => {
  const [home, sink] = [await freshHome(), await freshSink()]
  const signoz = { otlpEndpoint: sink.url, ingestionKey: null }
  const collector = await startTestCollector(join(home, 'collector'), { signoz })
  onTestFinished(() => collector.stop())
  const executor = await createExecutor({
    config: offlineConfig(home, { ...OFTEN, OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpHttp }),
  })
  executor.metrics.observe(
    [{ kind: 'counter', name: 'part_restarts', description: 'Restarts', of: (restarts: number) => restarts }],
    () => [
      { attributes: { part: 'store' }, state: 2 },
      { attributes: { part: 'collector' }, state: 3 },
    ],
  )
  onTestFinished(async () => void (await executor.close(0)))
  await executor.execute({ ...RUN, context: { toolName: 'calculator' } })
  const newest = (name: string): number[] | undefined =>
    sink.metrics.findLast((metric) => metric.name === name)?.values
  const isDelivered = (): boolean =>
    newest('exectrail.trail_sent')?.[0] === 3 &&
    newest('exectrail.trail_outbox')?.[0] === 0 &&
    sink.spans.length === 1
  await waitFor(isDelivered, { what: 'the metrics after the delivery' })
  expect(newest('exectrail.executions_started')).toEqual([1])
  expect(newest('exectrail.executions_completed')).toEqual([1])
  expect(newest('gen_ai.execute_tool.duration')).toEqual([1])
  expect(sink.spans[0]?.attributes['gen_ai.tool.name']).toBe('calculator')
  expect(newest('exectrail.trail_append')?.[0]).toBeGreaterThan(0)
  expect(newest('exectrail.part_restarts')).toEqual([2, 3])
})

it('a receiver that takes none of them takes the trail all the same', async () => {
  const home = await freshHome()
  const collector = await startTestCollector(join(home, 'collector'))
  onTestFinished(() => collector.stop())
  const executor = await createExecutor({
    config: offlineConfig(home, { ...OFTEN, OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpHttp }),
  })
  onTestFinished(async () => void (await executor.close(0)))
  await executor.execute(RUN)
  expect(await executor.flush(10_000)).toEqual({ left: 0 })
  expect(executor.status().trail).toMatchObject({ sent: 3, dead: 0, lastError: null })
})

it('stay at home where OTEL_METRICS_EXPORTER is none', () => {
  expect(offlineConfig('/nowhere', { ...OFTEN, OTEL_METRICS_EXPORTER: 'none' }).metricsEveryMs).toBeNull()
  expect(offlineConfig('/nowhere', OFTEN).metricsEveryMs).toBe(100)
})
