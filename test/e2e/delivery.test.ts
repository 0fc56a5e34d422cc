import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { completedRecord, sendLogs } from '../support/otlp-records.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { waitFor } from '../support/wait.ts'

const RECORDS = 100_000
const BATCH = 500
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

/** Four senders take batches in turn, each repeating one until it is accepted. */
async function sendAll(url: string, batches: string[][], onAccepted: (count: number) => void): Promise<void> {
  const left = [...batches]
  let accepted = 0
  const send = async (): Promise<void> => {
    for (let batch = left.shift(); batch !== undefined; batch = left.shift()) {
      await sendLogs(
        url,
        batch.map((id) => completedRecord(id)),
      )
      onAccepted((accepted += 1))
    }
  }
  await Promise.all([send(), send(), send(), send()])
}

async function killInTurn(started: TestStack, progress: () => number): Promise<void> {
  for (const [index, names] of KILLS.entries()) {
    const due = (index + 1) / (KILLS.length + 2)
    await waitFor(() => progress() >= due, {
      timeoutMs: 60_000,
      what: `${due} of the batches to be accepted`,
    })
    for (const name of names) {
      await waitFor(() => started.part(name).state === 'ready', { timeoutMs: 30_000, what: `the ${name}` })
      await started.kill(name)
    }
  }
}

it('100,000 records arrive once each while Collector and store are killed again and again', async () => {
  await using sink = await startOtlpSink()
  await using started = await startTestStack({ SIGNOZ_OTLP_ENDPOINT: sink.url })
  const ids = Array.from({ length: RECORDS }, () => randomUUID())
  const batches = Array.from({ length: RECORDS / BATCH }, (_, index) =>
    ids.slice(index * BATCH, (index + 1) * BATCH),
  )
  let accepted = 0
  const { otlpHttp } = started.stack.endpoints
  await Promise.all([
    sendAll(otlpHttp, batches, (count) => (accepted = count)),
    killInTurn(started, () => accepted / batches.length),
  ])
  const count = async (): Promise<number> =>
    Number((await started.column('SELECT uniqExact(execution_id) FROM code_exec_logs').catch(() => []))[0])
  await waitFor(async () => (await count()) >= RECORDS, {
    timeoutMs: 60_000,
    what: 'every record to be stored',
  })
  const stored = await started.column('SELECT execution_id FROM code_exec_logs FINAL')
  expect(stored).toHaveLength(RECORDS)
  expect(new Set(stored)).toEqual(new Set(ids))
  const sunk = (): Set<unknown> => new Set(sink.logs.map((log) => log.attributes['code_exec.execution.id']))
  await waitFor(() => sunk().size >= RECORDS, { timeoutMs: 30_000, what: 'every record at the other sink' })
  expect(sunk()).toEqual(new Set(ids))
  const restarts = started.stack.parts().map((part) => part.restarts)
  expect(Math.min(...restarts)).toBeGreaterThanOrEqual(4)
}, 180_000)
