import { expect, it, onTestFinished } from 'vitest'
import type { AppDependencies } from '../../src/api/context.ts'
import { readCollectorMetrics, type CollectorMetrics } from '../../src/stack/collector/metrics.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { startTestCollector } from '../support/collector.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { freshHome } from '../support/of-test.ts'
import { absentStore, startService, type TestService } from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

/** What `/metrics` tells, by name and labels, and of each name how it is typed. */
async function scrape(service: TestService) {
  const lines = (await (await service.ask('/metrics')).text()).trimEnd().split('\n')
  const samples = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(/ (?=\S+$)/u))
  const values = Object.fromEntries(samples.map(([name = '', value]) => [name, Number(value)]))
  return { lines, values }
}

async function start(given: { collectorUrl?: string } & Partial<Pick<AppDependencies, 'collector'>> = {}) {
  const { collectorUrl, ...parts } = given
  const toCollector = collectorUrl === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl }
  const executor = await createExecutor({ config: offlineConfig(await freshHome(), toCollector) })
  onTestFinished(async () => void (await executor.close(0)))
  const store = absentStore()
  onTestFinished(() => store.close())
  const service = await startService({ store, executor, ...parts })
  onTestFinished(() => service.close())
  return { executor, service }
}

const RUN = { runtime: 'subprocess', language: 'bash', code: 'true' } as const

it('counts what was begun and ended, and what waits in the outbox', async () => {
  const { executor, service } = await start()
  await executor.execute(RUN)
  const { values } = await scrape(service)
  expect(values).toMatchObject({
    exectrail_executions_started_total: 1,
    exectrail_executions_completed_total: 1,
    exectrail_executions_running: 0,
    exectrail_executions_waiting: 0,
    exectrail_trail_sent_total: 0,
    exectrail_trail_retried_total: 0,
    exectrail_trail_dead_total: 0,
    exectrail_trail_dropped_total: 0,
    exectrail_trail_adopted_total: 0,
  })
  expect(values['exectrail_trail_written_total']).toBeGreaterThanOrEqual(2)
  expect(values['exectrail_trail_outbox_bytes']).toBeGreaterThan(0)
  expect(values['exectrail_trail_oldest_seconds']).toBeGreaterThan(0)
  const tool =
    'gen_ai_operation_name="execute_tool",gen_ai_tool_name="run_code",process_executable_name="bash"'
  expect(values[`gen_ai_execute_tool_duration_seconds_count{${tool}}`]).toBe(1)
  expect(Object.keys(values).some((name) => name.startsWith('exectrail_collector'))).toBe(false)
})

it('tells of every queue of the Collector, and what its sinks took and refused', async () => {
  const directory = await temporaryDirectory()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  const collector = await startTestCollector(directory.path)
  onTestFinished(() => collector.stop())
  const { executor, service } = await start({
    collectorUrl: collector.otlpHttp,
    collector: () => readCollectorMetrics(collector.metricsUrl),
  })
  await executor.execute(RUN)
  await executor.flush(10_000)
  const { lines, values } = await waitFor(
    async () => {
      const read = await scrape(service)
      return read.values['exectrail_collector_accepted_total'] === 3 ? read : null
    },
    { what: 'both records and the span to be taken in' },
  )
  expect(values).toMatchObject({ exectrail_collector_up: 1, exectrail_trail_sent_total: 3 })
  expect(values['exectrail_trail_outbox_bytes']).toBe(0)
  // Its ClickHouse does not answer, so everything waits in the queue.
  const completed = 'exporter="clickhouse/completed",signal="log_records"'
  expect(values[`exectrail_collector_exporter_queue_bytes{${completed}}`]).toBeGreaterThan(0)
  expect(values[`exectrail_collector_exporter_queue_capacity_bytes{${completed}}`]).toBeGreaterThan(0)
  expect(values).toMatchObject({
    [`exectrail_collector_exporter_sent_total{${completed}}`]: 0,
    [`exectrail_collector_exporter_failed_total{${completed}}`]: 0,
    [`exectrail_collector_exporter_refused_total{${completed}}`]: 0,
  })
  expect(lines).toContain('# TYPE exectrail_collector_exporter_queue_bytes gauge')
})

it('still answers when the Collector does not, and says so', async () => {
  const { service } = await start({ collector: () => readCollectorMetrics('http://127.0.0.1:9') })
  const { values } = await scrape(service)
  expect(values).toMatchObject({ exectrail_collector_up: 0, exectrail_executions_running: 0 })
})

it('escapes what stands in labels', async () => {
  const odd: CollectorMetrics = {
    accepted: 0,
    refused: 0,
    memoryBytes: null,
    exporters: [
      {
        exporter: 'a"\n\\',
        signal: 'spans',
        queueBytes: 1,
        queueCapacityBytes: 2,
        sent: 3,
        failed: 4,
        refused: 5,
      },
    ],
  }
  const { service } = await start({ collector: () => Promise.resolve(odd) })
  const { lines } = await scrape(service)
  expect(lines).toContain(
    String.raw`exectrail_collector_exporter_sent_total{exporter="a\"\n\\",signal="spans"} 3`,
  )
})

it('tells nothing of a Collector that has fallen silent but that', async () => {
  const answer = { accepted: 7, refused: 0, memoryBytes: 9, exporters: [] }
  let isSilent = false
  const collector = () => (isSilent ? Promise.reject(new Error('silent')) : Promise.resolve(answer))
  const { service } = await start({ collector })
  const before = await scrape(service)
  expect(before.values).toMatchObject({
    exectrail_collector_up: 1,
    exectrail_collector_accepted_total: 7,
    exectrail_collector_memory_bytes: 9,
  })
  isSilent = true
  const { values } = await scrape(service)
  const names = Object.keys(values).filter((name) => name.startsWith('exectrail_collector'))
  expect(names).toEqual(['exectrail_collector_up'])
  expect(values['exectrail_collector_up']).toBe(0)
})
