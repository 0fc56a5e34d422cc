/**
 * How long after its row is in the store a live event reaches those who listen, and whether the service's memory stays
 * flat: 50 executions/s and 200 listeners, through Collector and embedded store. The number is of seconds, 60 unless given;
 * the first third of them warms the service up.
 */
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { loadConfig } from '../src/config.ts'
import { createExecutor } from '../src/executor/executor.ts'
import { startStack } from '../src/stack/stack.ts'
import { printFigures } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import { SERVICE_KEY, startService, type BenchService } from './support/service.ts'
import { executeSteadily, immediate } from './support/steady-load.ts'

const PER_SECOND = 50
const LISTENERS = 200
const SECONDS = Number(process.argv[2] ?? 60)
const MIB = 1_048_576
const LAG_MAX_MS = 60_000

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

const EVENT = /^id: (?<id>\w+-\d+-(?<arrivedMs>\d+))\nevent: (?<event>\w+)\n/gmu

let closing = false

/**
 * Listens, and counts how long ago each event's row had arrived; the executions counted are in `received`. It goes on
 * where the service ends the stream, which it does each quarter of an hour.
 */
async function listen(
  url: string,
  agent: Agent,
  { lags, received }: { lags: Lags; received: { executions: number } },
  lastId?: string,
): Promise<void> {
  const headers = {
    Authorization: `Bearer ${SERVICE_KEY}`,
    ...(lastId !== undefined && { 'Last-Event-ID': lastId }),
  }
  const sent = request(`${url}/v1/live`, { headers, agent }).end()
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  if (answer?.statusCode !== 200) throw new Error(`the service answered ${answer?.statusCode}`)
  let text = ''
  let id = lastId
  answer.on('error', () => undefined)
  answer.on('end', () => void (closing || listen(url, agent, { lags, received }, id)))
  answer.on('data', (bytes: Buffer) => {
    const now = Date.now()
    text += bytes.toString('latin1')
    let end = 0
    for (const match of text.matchAll(EVENT)) {
      lags.add(now - Number(match.groups?.['arrivedMs']))
      if (match.groups?.['event'] === 'execution') received.executions += 1
      id = match.groups?.['id']
      end = match.index + match[0].length
    }
    // The head of an event is shorter than this.
    text = text.slice(Math.max(end, text.length - 200))
  })
}

/** The service's memory in MiB: resident, each second by thirds of the time, and held after a collection. */
interface Watched {
  thirds: [number[], number[], number[]]
  heldWarm: number
  heldAtEnd: number
}

/** A collection frees resident memory too, so there is one after the warm-up and one at the end, and no other. */
async function watchMemory(service: BenchService, done: Promise<unknown>): Promise<Watched> {
  const thirds: Watched['thirds'] = [[], [], []]
  const begun = performance.now()
  const ended = done.then(() => 'ended')
  let heldWarm: number | null = null
  do {
    const third = Math.floor((performance.now() - begun) / ((SECONDS * 1000) / 3))
    if (third > 0) heldWarm ??= (await service.heldMemory()) / MIB
    thirds[Math.min(2, third)]?.push((await service.memory()) / MIB)
  } while ((await Promise.race([ended, pause(1000, 'goes on')])) !== 'ended')
  return { thirds, heldWarm: heldWarm ?? 0, heldAtEnd: (await service.heldMemory()) / MIB }
}

function printMemory({ thirds, heldWarm, heldAtEnd }: Watched): void {
  const [start = 0] = thirds[0]
  const [warming, second, last] = thirds.map((sizes) => Math.max(...sizes))
  const flat = { target: { atMost: 20 } }
  printFigures([
    { name: 'resident memory of the service at the start', value: start, unit: 'MiB' },
    { name: 'highest in the first third, which warms it up', value: warming ?? 0, unit: 'MiB' },
    { name: 'highest in the second third', value: second ?? 0, unit: 'MiB' },
    { name: 'highest in the last third', value: last ?? 0, unit: 'MiB' },
    { name: 'growth from second to last', value: (last ?? 0) - (second ?? 0), unit: 'MiB', ...flat },
    { name: 'held after a collection, once warm', value: heldWarm, unit: 'MiB' },
    { name: 'held after a collection at the end', value: heldAtEnd, unit: 'MiB' },
    { name: 'growth of what is held', value: heldAtEnd - heldWarm, unit: 'MiB', ...flat },
  ])
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
  const executing = executeSteadily(executor, { perSecond: PER_SECOND, seconds: SECONDS })
  const watched = await watchMemory(service, executing)
  const count = await executing
  const due = count * LISTENERS
  for (let waited = 0; received.executions < due && waited < 100; waited += 1) await pause(100)
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
  ])
  printMemory(watched)
} finally {
  closing = true
  agent.destroy()
  await executor.close(0)
  await service.stop()
  await stack.stop()
}
