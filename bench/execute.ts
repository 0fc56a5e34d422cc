/**
 * What a caller waits for, telemetry included, with a warm sandbox. Two clocks, both around a trivial program:
 * `execute()` from the call to its promise resolved, in the executor's process; `POST` from the request written to the
 * last byte of the answer, over one connection that is kept alive, to a service in another process. Each after 150 ms of
 * idleness and back to back. Below the first, where its time goes, in medians: until the runtime has the request, until
 * the program runs, until its last word, until its interpreter has ended, until the supervisor's report with the figures
 * has come, until the runtime has made its exit, until the record is written; and how long after its answer the slot is
 * free again. `node bench/execute.ts [runs] [kind]`, 100 runs by default.
 */
import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutionRequest, Language } from '../src/execution.ts'
import type { Executor } from '../src/executor/executor.ts'
import { RUN_TIMES, type RunTimes } from '../src/runtimes/sandbox/run-times.ts'
import { percentile, printFigures, type Figure } from './figures.ts'
import { createBenchExecutor } from './support/executor.ts'
import { temporaryHome } from './support/home.ts'
import { startOtlpCounter } from './support/otlp-counter.ts'
import { SERVICE_KEY, startService, type BenchService } from './support/service.ts'

const RUNS = Number(process.argv[2] ?? 100)
const WARM_UPS = 12
const IDLE_MS = 150
/** ms that `POST` may take beyond `execute()`. */
const POST_EXTRA_MS = 1.5

interface Kind {
  name: string
  runtime: 'subprocess' | 'vm2'
  language: Language
  code: string
  /** ms, target of the median of `execute()`. */
  target: number
}

const KINDS: readonly Kind[] = [
  { name: 'vm2', runtime: 'vm2', language: 'javascript', code: 'exports.main = (input) => input', target: 6 },
  {
    name: 'javascript',
    runtime: 'subprocess',
    language: 'javascript',
    code: 'export const main = (input) => input',
    target: 4,
  },
  {
    name: 'typescript',
    runtime: 'subprocess',
    language: 'typescript',
    code: 'interface Input { n: number }\nexport const main = (input: Input): Input => input',
    target: 4,
  },
  {
    name: 'typescript, another program each time',
    runtime: 'subprocess',
    language: 'typescript',
    code: 'interface Input { n: number }\nexport const main = (input: Input): Input => input\n// NEW',
    target: 4,
  },
  {
    name: 'python',
    runtime: 'subprocess',
    language: 'python',
    code: 'def main(input):\n    return input',
    target: 4,
  },
  { name: 'bash', runtime: 'subprocess', language: 'bash', code: 'main() { result "$1"; }', target: 2 },
]

type Call = (request: ExecutionRequest) => Promise<{ outcome: string; result: unknown }>

function toRequest({ runtime, language, code }: Kind, serial: number): ExecutionRequest {
  const input = { n: serial }
  return {
    runtime,
    language,
    code: code.replace('NEW', randomUUID()),
    input,
    context: { organizationId: 'bench' },
  }
}

/** ms of each call, `pauseMs` apart. */
async function time(kind: Kind, call: Call, pauseMs: number): Promise<number[]> {
  const took: number[] = []
  for (let serial = -WARM_UPS; serial < RUNS; serial += 1) {
    if (pauseMs > 0 || serial < 0) await pause(Math.max(pauseMs, 20))
    const calledAt = performance.now()
    const { outcome, result } = await call(toRequest(kind, serial))
    const tookMs = performance.now() - calledAt
    if (outcome !== 'success' || JSON.stringify(result) !== `{"n":${serial}}`)
      throw new Error(`a run of ${kind.name} ended as ${outcome} with ${JSON.stringify(result)}`)
    if (serial >= 0) took.push(tookMs)
  }
  return took
}

function describe(name: string, took: readonly number[], atMost: number | null): Figure[] {
  return [
    {
      name: `${name} p50`,
      value: percentile(took, 0.5),
      unit: 'ms',
      ...(atMost === null ? {} : { target: { atMost } }),
    },
    { name: `${name} p95`, value: percentile(took, 0.95), unit: 'ms' },
  ]
}

const STEPS = [
  ['the sandbox has the job', 'handedOverAt'],
  ['the program runs', 'runningAt'],
  ['its last word', 'lastWordAt'],
  ['its interpreter has ended', 'interpreterEndedAt'],
  ["the supervisor's report", 'reportedAt'],
  ['the run is known to its end', 'knownAt'],
] as const

/** Calls, and the times of each at which the sandbox reached its steps. */
async function timeSteps(kind: Kind, executor: Executor): Promise<{ took: number[]; steps: Figure[] }> {
  const spans = new Map<string, number[]>()
  const add = (name: string, ms: number): void => void spans.set(name, [...(spans.get(name) ?? []), ms])
  let times: RunTimes | null = null
  const freed: number[] = []
  const listen = (message: unknown): void => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is published there
    const heard = message as { times: RunTimes; freeAt: number | null }
    if (heard.freeAt === null) times = heard.times
    else freed.push(heard.freeAt - heard.times.knownAt)
  }
  subscribe(RUN_TIMES, listen)
  const took = await time(
    kind,
    async (asked) => {
      const calledAt = performance.now()
      const result = await executor.execute(asked)
      const recordedAt = performance.now()
      let since = calledAt
      for (const [name, step] of STEPS) {
        const at = times?.[step] ?? since
        add(name, at - since)
        since = at
      }
      add('the record is written', recordedAt - since)
      return result
    },
    IDLE_MS,
  )
  unsubscribe(RUN_TIMES, listen)
  const steps = [...spans].map(([name, list]) => ({
    name: `  until ${name}`,
    value: percentile(list.slice(WARM_UPS), 0.5),
    unit: 'ms',
  }))
  const free = {
    name: '  behind the answer, until the slot is free',
    value: percentile(freed, 0.5),
    unit: 'ms',
  }
  return { took, steps: [...steps, free] }
}

function post(service: BenchService, agent: Agent): Call {
  const url = new URL('/v1/executions', service.url)
  const headers = { authorization: `Bearer ${SERVICE_KEY}`, 'content-type': 'application/json' }
  return async (asked) => {
    const body = JSON.stringify(asked)
    const answer = await new Promise<string>((resolve, reject) => {
      const options = {
        agent,
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      }
      request(url, options, (response) => void text(response).then(resolve, reject))
        .on('error', reject)
        .end(body)
    })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `time` looks at it
    return JSON.parse(answer) as Awaited<ReturnType<Call>>
  }
}

async function measureExecute(kind: Kind, executor: Executor): Promise<Figure[]> {
  const { took, steps } = await timeSteps(kind, executor)
  const busy = await time(kind, (asked) => executor.execute(asked), 0)
  return [
    ...describe(`${kind.name} execute()`, took, kind.target),
    ...steps,
    ...describe(`${kind.name} execute() back to back`, busy, null),
  ]
}

async function measurePost(kind: Kind, service: BenchService): Promise<Figure[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const call = post(service, agent)
  const took = await time(kind, call, IDLE_MS)
  const busy = await time(kind, call, 0)
  agent.destroy()
  return [
    ...describe(`${kind.name} POST`, took, kind.target + POST_EXTRA_MS),
    ...describe(`${kind.name} POST back to back`, busy, null),
  ]
}

const only = process.argv[3]
const kinds = KINDS.filter(({ name }) => only === undefined || name === only)
using home = temporaryHome('execute-')
const receiver = await startOtlpCounter()
const executor = await createBenchExecutor(`${home.path}/library`, receiver)
const figures = new Map<Kind, Figure[]>()
for (const kind of kinds) figures.set(kind, await measureExecute(kind, executor))
await executor.close(60_000)
const service = await startService(`${home.path}/service`, receiver)
for (const kind of kinds) printFigures([...(figures.get(kind) ?? []), ...(await measurePost(kind, service))])
await service.stop()
await receiver.stop()
