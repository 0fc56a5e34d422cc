/**
 * What many runs leave behind: executions of every kind and ending, with full telemetry to a receiver, and then
 * whatever is more than before. `node bench/soak.ts [runs]`, 2,000 runs by default.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ExecutionRequest } from '../src/execution.ts'
import type { Executor } from '../src/executor/executor.ts'
import { printFigures, type Figure } from './figures.ts'
import { countLeftovers, type Leftovers } from './support/leftovers.ts'
import { createBenchExecutor } from './support/executor.ts'
import { temporaryHome } from './support/home.ts'
import { startOtlpCounter } from './support/otlp-counter.ts'

const RUNS = Number(process.argv[2] ?? 2000)
const LANES = 3
const PARTS = 10
const MIB = 1_048_576

interface Kind {
  request: ExecutionRequest
  /** The outcome and error type that are true of it. */
  expected: string
}

const local = (language: ExecutionRequest['language'], code: string): ExecutionRequest => ({
  runtime: 'subprocess',
  language,
  code,
})

const FAST: readonly Kind[] = [
  { request: local('python', 'def main(input): return 1'), expected: 'success' },
  { request: local('bash', 'main() { result 1; }'), expected: 'success' },
  { request: local('bash', 'exit 137'), expected: 'failure/exit_code' },
  { request: local('python', 'raise ValueError("no")'), expected: 'failure/exception' },
  { request: local('bash', '(setsid sleep 300 &); echo left'), expected: 'success' },
  { request: local('python', 'open("/out/x", "w").write("x")'), expected: 'success' },
]

const SLOW: readonly Kind[] = [
  { request: local('javascript', 'exports.main = () => 1'), expected: 'success' },
  { request: local('typescript', 'export const main = (): number => 1'), expected: 'success' },
  { request: { ...local('javascript', 'exports.main = () => 1'), runtime: 'vm2' }, expected: 'success' },
  {
    request: { ...local('bash', 'trap "" TERM; setsid sleep 300 & sleep 300'), limits: { timeoutMs: 60 } },
    expected: 'timeout/timeout',
  },
  {
    request: { ...local('python', 'x = b"x" * (1 << 30)'), limits: { memoryMb: 48 } },
    expected: 'limit/memory_limit',
  },
  {
    request: { ...local('bash', 'b() { b | b & }; b; sleep 30'), limits: { pids: 24 } },
    expected: 'limit/pids_limit',
  },
  {
    request: { ...local('bash', 'head -c 9000000 /dev/zero > /tmp/x'), limits: { diskBytes: 2 * MIB } },
    expected: 'limit/disk_limit',
  },
]

/** Four quick ones to each that costs more. */
function kindAt(index: number): Kind {
  const list = index % 5 === 4 ? SLOW : FAST
  const kind = list[Math.floor(index / (index % 5 === 4 ? 5 : 1)) % list.length]
  if (kind === undefined) throw new Error('there is no kind')
  return kind
}

/** Runs `count` of them, some at a time; the executions that were not reported as expected. */
async function run(executor: Executor, count: number): Promise<string[]> {
  const wrong: string[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) {
      const { request, expected } = kindAt(next)
      next += 1
      const { outcome, errorType, errorMessage } = await executor.execute(request)
      const seen = errorType === null ? outcome : `${outcome}/${errorType}`
      if (seen !== expected)
        wrong.push(`${request.code} was reported as ${seen} (${errorMessage}), not ${expected}`)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return wrong
}

function more(name: string, before: number, after: number): Figure {
  return { name, value: Math.max(0, after - before), unit: '', target: { atMost: 0 } }
}

function describeLeft(before: Leftovers, after: Leftovers): Figure[] {
  return [
    more('processes left', before.processes, after.processes),
    more('zombies left', before.zombies, after.zombies),
    more('mounts left', before.mounts, after.mounts),
    more('control groups left', before.controlGroups, after.controlGroups),
    more('descriptors left', before.descriptors.length, after.descriptors.length),
    more('files left', before.files, after.files),
  ]
}

/** After everything unused was collected. */
function measureMemory(): NodeJS.MemoryUsage {
  if (typeof collectGarbage === 'function') collectGarbage()
  return process.memoryUsage()
}

/** V8 doubles the room for new objects a few times, each time by some ten MiB: growth counts once that is done. */
function describeMemory(samples: readonly NodeJS.MemoryUsage[]): Figure[] {
  const half = samples[PARTS / 2] ?? samples[0]
  const end = samples.at(-1)
  if (half === undefined || end === undefined) throw new Error('memory was not measured')
  const since = (what: keyof NodeJS.MemoryUsage): number => (end[what] - half[what]) / MIB
  return [
    ...samples.map(({ rss, heapTotal }, part) => ({
      name: `resident memory after ${(RUNS * part) / PARTS} executions`,
      value: rss / MIB,
      unit: `MiB, of which V8 keeps ${Math.round(heapTotal / MIB)}`,
    })),
    {
      name: 'resident memory grown in the second half',
      value: since('rss'),
      unit: 'MiB',
      target: { atMost: 30 },
    },
    { name: 'heap in use grown in the second half', value: since('heapUsed'), unit: 'MiB' },
    { name: 'buffers grown in the second half', value: since('external'), unit: 'MiB' },
  ]
}

using home = temporaryHome('soak-')
setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')
const receiver = await startOtlpCounter()
// What Node itself opens at the first use and keeps is there before anything is counted.
const first = await createBenchExecutor(home.path, receiver)
await run(first, 10)
await first.close(60_000)
const before = countLeftovers()
const executor = await createBenchExecutor(home.path, receiver)
await run(executor, 100)
const memory = [measureMemory()]
const loop = monitorEventLoopDelay({ resolution: 1 })
loop.enable()
const startedAt = performance.now()
const wrong: string[] = []
for (let part = 0; part < PARTS; part++) {
  wrong.push(...(await run(executor, RUNS / PARTS)))
  loop.disable() // collecting garbage on demand is not the executor's
  memory.push(measureMemory())
  loop.enable()
}
const tookMs = performance.now() - startedAt
loop.disable()
const { left } = await executor.close(60_000)
await new Promise((resolve) => setTimeout(resolve, 500))
const after = countLeftovers()
printFigures([
  {
    name: 'executions with another outcome than expected',
    value: wrong.length,
    unit: '',
    target: { atMost: 0 },
  },
  ...describeLeft(before, after),
  { name: 'records not delivered', value: left, unit: '', target: { atMost: 0 } },
  ...describeMemory(memory),
  { name: 'event loop away, p99.9', value: loop.percentile(99.9) / 1e6, unit: 'ms' },
  { name: 'event loop away, longest', value: loop.max / 1e6, unit: 'ms' },
  { name: 'mixed executions', value: (RUNS * 1000) / tookMs, unit: '/s' },
])
for (const line of wrong.slice(0, 10)) console.log(line)
if (after.descriptors.length > before.descriptors.length)
  console.log('descriptors before and after:', before.descriptors.join(' '), '|', after.descriptors.join(' '))
await receiver.stop()
