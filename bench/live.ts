/**
 * How long after its row is in the store a live event reaches those who listen, and whether the service's memory stays
 * flat: 50 executions/s and 200 listeners, through Collector and embedded store. The number is of seconds; 60 unless given.
 */
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { loadConfig } from '../src/config.ts'
import { createExecutor, type Executor } from '../src/executor/executor.ts'
import { EMPTY_EXIT } from '../src/runtimes/exits.ts'
import type { Runtime } from '../src/runtimes/runtime.ts'
import { startStack } from '../src/stack/stack.ts'
import { printFigures } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import { SERVICE_KEY, startService, type BenchService } from './support/service.ts'

const PER_SECOND = 50
const LISTENERS = 200
const SECONDS = Number(process.argv[2] ?? 60)
const MIB = 1_048_576
const LAG_MAX_MS = 60_000

/** Ends at once: what is measured begins behind it. */
const immediate: Runtime = {
  name: 'subprocess',
  capabilities: { languages: ['bash'], isolation: 'none', enforces: [], streaming: false },
  run(_request, io) {
    io.onRunning()
    return Promise.resolve({ ...EMPTY_EXIT, exitCode: 0 })
  },
  check: () => Promise.reject(new Error('not asked for')),
  close: () => Promise.resolve(),
}

/** Lags in ms, counted. */
class Lags {
  readonly #counts = new Uint32Array(LAG_MAX_MS)
  total = 0

  add(ms: number): void {
    this.total += 1
    const bucket = Math.min(LAG_MAX_MS - 1, Math.max(0, ms))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
  }

  percentile(p: number): number {
    let left = Math.ceil(p * this.total)
    return this.#counts.findIndex((count) => {
      left -= count
      return left <= 0
    })
  }
}

const EVENT = /^id: \w+-\d+-(?<arrivedMs>\d+)\nevent: (?<event>\w+)\n/gmu

/** Listens, and counts how long ago each event's row had arrived; the executions counted are in `received`. */
async function listen(
  url: string,
  agent: Agent,
  { lags, received }: { lags: Lags; received: { executions: number } },
): Promise<void> {
  const headers = { Authorization: `Bearer ${SERVICE_KEY}` }
  const sent = request(`${url}/v1/live`, { headers, agent }).end()
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  if (answer?.statusCode !== 200) throw new Error(`the service answered ${answer?.statusCode}`)
  let text = ''
  answer.on('error', () => undefined)
  answer.on('data', (bytes: Buffer) => {
    const now = Date.now()
    text += bytes.toString('latin1')
    let end = 0
    for (const match of text.matchAll(EVENT)) {
      lags.add(now - Number(match.groups?.['arrivedMs']))
      if (match.groups?.['event'] === 'execution') received.executions += 1
      end = match.index + match[0].length
    }
    // The head of an event is shorter than this.
    text = text.slice(Math.max(end, text.length - 200))
  })
}

async function execute(executor: Executor): Promise<number> {
  const begun = performance.now()
  const runs: Promise<unknown>[] = []
  for (let n = 0; n < SECONDS * PER_SECOND; n += 1) {
    const due = begun + (n * 1000) / PER_SECOND
    if (due > performance.now()) await pause(due - performance.now())
    const context = { organizationId: 'bench', codeAgentId: `agent-${n % 20}` }
    runs.push(executor.execute({ runtime: 'subprocess', language: 'bash', code: 'true', context }))
  }
  await Promise.all(runs)
  return runs.length
}

/** Resident memory of the service every second until `done`. */
async function watchMemory(service: BenchService, done: Promise<unknown>): Promise<number[]> {
  const sizes: number[] = []
  const ended = done.then(() => 'ended')
  do sizes.push((await service.memory()) / MIB)
  while ((await Promise.race([ended, pause(1000, 'goes on')])) !== 'ended')
  return sizes
}

function highest(sizes: readonly number[]): number {
  return Math.max(...sizes)
}

using home = temporaryHome('exectrail-bench-')
const config = loadConfig({ ...process.env, EXECTRAIL_HOME: home.path, EXECTRAIL_PORT: '0' })
const stack = await startStack(config, () => undefined)
const { clickhouse: url, clickhouseUser: user, clickhousePassword: password, otlpHttp } = stack.endpoints
const service = await startService(
  home.path,
  { url: otlpHttp },
  { url, user, password, database: 'exectrail' },
)
const executor = await createExecutor({
  config: { ...config, otlpEndpoint: otlpHttp },
  runtimes: [immediate],
})
const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
try {
  const lags = new Lags()
  const received = { executions: 0 }
  for (let n = 0; n < LISTENERS; n += 1) await listen(service.url, agent, { lags, received })
  const executing = execute(executor)
  const sizes = await watchMemory(service, executing)
  const count = await executing
  const due = count * LISTENERS
  for (let waited = 0; received.executions < due && waited < 100; waited += 1) await pause(100)
  const half = Math.floor(sizes.length / 2)
  printFigures([
    { name: 'executions/s', value: count / SECONDS, unit: '/s' },
    { name: 'events received/s by 200 listeners', value: lags.total / SECONDS, unit: '/s' },
    {
      name: 'executions missed by a listener',
      value: due - received.executions,
      unit: '',
      target: { atMost: 0 },
    },
    { name: 'row arrived to event received, p50', value: lags.percentile(0.5), unit: 'ms' },
    {
      name: 'row arrived to event received, p99',
      value: lags.percentile(0.99),
      unit: 'ms',
      target: { atMost: 1000 },
    },
    { name: 'memory of the service at the start', value: sizes[0] ?? 0, unit: 'MiB' },
    { name: 'highest in the first half', value: highest(sizes.slice(0, half)), unit: 'MiB' },
    { name: 'highest in the second half', value: highest(sizes.slice(half)), unit: 'MiB' },
    {
      name: 'growth from the first half to the second',
      value: highest(sizes.slice(half)) - highest(sizes.slice(0, half)),
      unit: 'MiB',
      target: { atMost: 20 },
    },
  ])
} finally {
  agent.destroy()
  await executor.close(0)
  await service.stop()
  await stack.stop()
}
