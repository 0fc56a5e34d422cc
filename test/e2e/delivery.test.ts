import { randomBytes, randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { completedRecord, sendLogs, sendSpans, type SpanInput } from '../support/otlp-records.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { waitFor } from '../support/wait.ts'

const RECORDS = 100_000
const BATCH = 500
/** Spans that go with a batch. */
const SPANS = 100
/** What is killed each time another tenth of the batches was accepted. */
const KILLS = [
  ['collector'],
  ['store'],
  ['collector', 'store'],
  ['store'],
  ['collector'],
  ['store', 'collector'],
  ['collector'],
  ['store'],
] as const

interface Batch {
  ids: string[]
  /** Trace ids of its spans. */
  traces: string[]
}

function makeBatches(): Batch[] {
  return Array.from({ length: RECORDS / BATCH }, () => ({
    ids: Array.from({ length: BATCH }, () => randomUUID()),
    traces: Array.from({ length: SPANS }, () => randomBytes(16).toString('hex')),
  }))
}

/** Four senders take batches in turn, each repeating one until it is accepted. */
async function sendAll(url: string, batches: Batch[], onAccepted: (count: number) => void): Promise<void> {
  const left = [...batches]
  let accepted = 0
  const send = async (): Promise<void> => {
    for (let batch = left.shift(); batch !== undefined; batch = left.shift()) {
      await sendLogs(
        url,
        batch.ids.map((id) => completedRecord(id)),
      )
      await sendSpans(url, batch.traces.map(spanOf))
      onAccepted((accepted += 1))
    }
  }
  await Promise.all([send(), send(), send(), send()])
}

function spanOf(traceId: string): SpanInput {
  return { name: 'execute_code subprocess', traceId, spanId: traceId.slice(0, 16), attributes: {} }
}

async function killInTurn(started: TestStack, progress: () => number): Promise<void> {
  for (const [index, names] of KILLS.entries()) {
    const due = (index + 1) / (KILLS.length + 2)
    await waitFor(() => progress() >= due, {
      what: `${due} of the batches to be accepted`,
    })
    for (const name of names) {
      await waitFor(() => started.part(name).state === 'ready', { what: `the ${name}` })
      await started.kill(name)
    }
  }
}

/** Waits until `read` gives as many different values as `expected`, then compares the two as sets. */
async function expectSet(what: string, expected: string[], read: () => Promise<string[]>): Promise<void> {
  const count = async (): Promise<number> => new Set(await read().catch(() => [])).size
  await waitFor(async () => (await count()) >= expected.length, { what })
  const found = await read()
  expect(new Set(found), what).toEqual(new Set(expected))
}

it('100,000 records arrive once each while Collector and store are killed again and again', async () => {
  await using sink = await startOtlpSink()
  await using started = await startTestStack({ SIGNOZ_OTLP_ENDPOINT: sink.url })
  const batches = makeBatches()
  const ids = batches.flatMap((batch) => batch.ids)
  const traces = batches.flatMap((batch) => batch.traces)
  let accepted = 0
  await Promise.all([
    sendAll(started.stack.endpoints.otlpHttp, batches, (count) => (accepted = count)),
    killInTurn(started, () => accepted / batches.length),
  ])
  const restarts = (['collector', 'store'] as const).map((name) => started.part(name).restarts)
  expect(Math.min(...restarts)).toBeGreaterThanOrEqual(4)
  const records = 'SELECT execution_id FROM code_exec_logs FINAL'
  await expectSet('the records in the store', ids, () => started.column(records))
  expect(await started.column(records)).toHaveLength(RECORDS)
  await expectSet('the spans in the store', traces, () =>
    started.column('SELECT TraceId FROM otel_traces FINAL'),
  )
  await expectSet('the records at the other sink', ids, async () =>
    sink.logs.map((log) => String(log.attributes['code_exec.execution.id'])),
  )
  await expectSet('the spans at the other sink', traces, async () => sink.spans.map((span) => span.traceId))
})
