/**
 * How many records a second pass the Collector into the embedded store, with fsync on and none lost: slim ones of
 * nine attributes and full ones of thirty, 0.5 and 1.9 KB of JSON as they are sent; and how long after the end of a
 * run its row is there.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { v7 as uuidv7 } from 'uuid'
import { loadConfig } from '../src/config.ts'
import { startStack, type Stack } from '../src/stack/stack.ts'
import { createExecutor } from '../src/executor/executor.ts'
import { createStore, type Store } from '../src/store/client.ts'
import { percentile, printFigures } from './figures.ts'

const RECORDS = 400_000
const BATCH = 2000
const SENDERS = 4
const RUNS = 200

type Size = 'slim' | 'full'
type Attributes = Record<string, string | number | boolean>

function slimAttributes(size: Size, nanos: string): Attributes {
  return {
    'code_exec.execution.id': uuidv7(),
    'code_exec.organization.id': size,
    'gen_ai.agent.id': `agent-${Math.floor(Math.random() * 50)}`,
    'code_exec.runtime': 'subprocess',
    'code_exec.language': 'python',
    'code_exec.outcome': 'success',
    'code_exec.duration_ms': Math.random() * 100,
    'code_exec.code.sha256': randomBytes(32).toString('hex'),
    'code_exec.started_at': nanos,
  }
}

/** What a record of exectrail's own has besides. */
function moreAttributes(): Attributes {
  return {
    'code_exec.attempt': 1,
    'code_exec.isolation': 'namespace',
    'code_exec.success': true,
    'process.exit.code': 0,
    'code_exec.queue_ms': 0.1,
    'code_exec.startup_ms': 12.5,
    'code_exec.cpu_ms': Math.random() * 100,
    'code_exec.memory.peak_bytes': 31_457_280,
    'code_exec.memory.source': 'cgroup',
    'code_exec.limit.timeout_ms': 30_000,
    'code_exec.limit.memory_bytes': 536_870_912,
    'code_exec.code.bytes': 368,
    'code_exec.code': 'def main(input):\n    return {"sum": sum(input["xs"])}\n'.repeat(7),
    'code_exec.input': '{"xs":[1,2,3]}',
    'code_exec.stdout': 'adding three numbers and telling of it\n',
    'code_exec.stderr': '',
    'code_exec.stdout.bytes': 39,
    'code_exec.stderr.bytes': 0,
    'code_exec.output.truncated': false,
    'code_exec.result': '{"sum":6}',
  }
}

/** One OTLP/JSON log record as a batch carries it. */
function logRecord(size: Size): unknown {
  const nanos = `${BigInt(Date.now()) * 1_000_000n}`
  const attributes = { ...slimAttributes(size, nanos), ...(size === 'full' ? moreAttributes() : {}) }
  return {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    eventName: 'code_exec.completed',
    body: { stringValue: 'code_exec.completed' },
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) })),
  }
}

function toAnyValue(value: string | number | boolean): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
}

function batches(size: Size): Buffer[] {
  return Array.from({ length: RECORDS / BATCH }, () => {
    const logRecords = Array.from({ length: BATCH }, () => logRecord(size))
    return Buffer.from(
      JSON.stringify({
        resourceLogs: [
          { resource: { attributes: [] }, scopeLogs: [{ scope: { name: 'exectrail' }, logRecords }] },
        ],
      }),
    )
  })
}

async function sendAll(url: string, bodies: Buffer[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS })
  const send = async (): Promise<void> => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) await post(url, body, agent)
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  agent.destroy()
}

/** Without `fetch`, whose streams would take a good part of the two cores that are measured. */
async function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  const sent = request(`${url}/v1/logs`, { method: 'POST', headers, agent })
  sent.end(body)
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  if (answer === undefined) throw new Error('the Collector did not answer')
  const words = await text(answer)
  if (answer.statusCode !== 200) throw new Error(`the Collector answered ${answer.statusCode}: ${words}`)
}

/** Rows inserted, known without reading them: what watches must not cost what it watches. */
async function countInserted(store: Store): Promise<number> {
  const [row] = await store.query<{ n: string }>('SELECT count() AS n FROM code_exec_logs')
  return Number(row?.n ?? 0)
}

async function countRows(store: Store, condition: string): Promise<number> {
  const [row] = await store.query<{ n: string }>(
    `SELECT uniqExact(execution_id) AS n FROM code_exec_logs WHERE ${condition}`,
  )
  return Number(row?.n ?? 0)
}

async function measureThroughput(stack: Stack, store: Store, size: Size): Promise<void> {
  const bodies = batches(size)
  const due = (await countInserted(store)) + RECORDS
  const begun = performance.now()
  await sendAll(stack.endpoints.otlpHttp, bodies)
  const accepted = performance.now()
  while ((await countInserted(store)) < due && performance.now() - begun < 120_000) {
    await pause(50)
  }
  const seconds = (performance.now() - begun) / 1000
  const rows = await countRows(store, `organization_id = '${size}'`)
  printFigures([
    {
      name: `${size} records/s, first byte sent to last row visible`,
      value: RECORDS / seconds,
      unit: '/s',
      target: { atLeast: 40_000 },
    },
    {
      name: `${size} records/s accepted by the Collector`,
      value: (RECORDS * 1000) / (accepted - begun),
      unit: '/s',
    },
    { name: `${size} records lost`, value: RECORDS - rows, unit: '', target: { atMost: 0 } },
  ])
}

/** Runs one after another, each watched until its row is there. */
async function measureVisibility(stack: Stack, store: Store, home: string): Promise<void> {
  const executor = await createExecutor({
    config: { ...loadConfig({}), home, otlpEndpoint: stack.endpoints.otlpHttp },
  })
  const waits: number[] = []
  const watch = async (executionId: string, endedAt: number): Promise<void> => {
    while (
      (await countRows(store, `organization_id = 'default' AND execution_id = '${executionId}'`)) === 0
    ) {
      await pause(5)
    }
    waits.push(performance.now() - endedAt)
  }
  for (let n = 0; n < RUNS; n += 1) {
    const { executionId } = await executor.execute({ runtime: 'subprocess', language: 'bash', code: 'true' })
    await watch(executionId, performance.now())
  }
  await executor.close()
  printFigures([
    { name: 'end of a run to its row, p50', value: percentile(waits, 0.5), unit: 'ms' },
    {
      name: 'end of a run to its row, p99',
      value: percentile(waits, 0.99),
      unit: 'ms',
      target: { atMost: 2000 },
    },
  ])
}

const home = await mkdtemp(join(tmpdir(), 'exectrail-bench-'))
const stack = await startStack(
  { ...loadConfig({ ...process.env, EXECTRAIL_HOME: home, EXECTRAIL_PORT: '0' }) },
  () => undefined,
)
const { clickhouse: url, clickhouseUser: user, clickhousePassword: password } = stack.endpoints
const store = createStore({ url, user, password, database: 'exectrail' })
try {
  await measureThroughput(stack, store, 'slim')
  await measureThroughput(stack, store, 'full')
  await measureVisibility(stack, store, home)
} finally {
  await store.close()
  await stack.stop()
  await rm(home, { recursive: true, force: true })
}
