/**
 * What telemetry costs a caller, how much one process records without loss, and how fast a backlog drains; each
 * beside the OpenTelemetry SDK's own batch processors with their defaults. `node bench/telemetry.ts [records]`
 * sets the backlog, 300,000 by default; 1,000,000 is what the memory target speaks of.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TrailOptions } from '../src/telemetry/create-trail.ts'
import { percentile, printFigures, type Figure } from './figures.ts'
import { startOtlpCounter, type OtlpCounter } from './support/otlp-counter.ts'
import { ourRecorder, plainRecorder, type Recorder } from './support/recorders.ts'
import { sampleExecution } from './support/sample-execution.ts'

const BACKLOG = Number(process.argv[2] ?? 300_000)
const COST_RUNS = 20_000
const WARM_UPS = 3_000
/** Each waits for the disk twice. */
const FSYNC_RUNS = 300
const BURST = 50_000
/** A started event, a completed record and a span. */
const RECORDS_EACH = 3
const SETTLING_RUNS = 20_000
const PLAIN_LOSS_RUNS = 50_000

async function inHome<T>(work: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'exectrail-bench-'))
  try {
    return await work(home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** Microseconds of each of many recordings, after warming up; other work gets its turn now and then. */
async function costOf(recorder: Recorder, runs = COST_RUNS): Promise<number[]> {
  const costs: number[] = []
  const warmUps = Math.min(WARM_UPS, runs)
  for (let run = 0; run < warmUps + runs; run += 1) {
    const execution = sampleExecution()
    const since = performance.now()
    recorder.record(execution)
    if (run >= warmUps) costs.push((performance.now() - since) * 1000)
    if (run % 25 === 0) await nextTurn()
  }
  await recorder.close(1000)
  return costs
}

async function ourCost(url: string | null, more: Partial<TrailOptions> = {}): Promise<number[]> {
  return inHome(async (home) => costOf(await ourRecorder(home, () => url, more)))
}

async function costFigures(counter: OtlpCounter): Promise<Figure[]> {
  // The first to run would pay for what the engine has yet to compile.
  await ourCost(counter.url)
  const up = await ourCost(counter.url)
  const down = await ourCost('http://127.0.0.1:9')
  const plain = await costOf(plainRecorder(counter.url))
  const each = await inHome(async (home) =>
    costOf(await ourRecorder(home, () => null, { fsync: 'each' }), FSYNC_RUNS),
  )
  const interval = await ourCost(null, { fsync: { everyMs: 100 } })
  const pair = (name: string, costs: number[], isTarget: 'target' | 'comparison'): Figure[] => [
    { name: `${name}, median`, value: percentile(costs, 0.5), unit: 'µs', ...aim(isTarget, 50) },
    { name: `${name}, p99`, value: percentile(costs, 0.99), unit: 'µs', ...aim(isTarget, 200) },
  ]
  return [
    ...pair('an execution, receiver up', up, 'target'),
    ...pair('an execution, receiver down', down, 'target'),
    ...pair('an execution, fsync every 100 ms', interval, 'comparison'),
    ...pair('an execution, fsync each', each, 'comparison'),
    ...pair('an execution, plain SDK', plain, 'comparison'),
  ]
}

function aim(isTarget: 'target' | 'comparison', atMost: number): Pick<Figure, 'target'> {
  return isTarget === 'target' ? { target: { atMost } } : {}
}

/** Records as fast as it goes; seconds it took. */
async function recordBurst(recorder: Recorder, executions: number): Promise<number> {
  const since = performance.now()
  for (let run = 0; run < executions; run += 1) {
    recorder.record(sampleExecution())
    if (run % 500 === 0) await nextTurn()
  }
  return (performance.now() - since) / 1000
}

async function burstFigures(counter: OtlpCounter): Promise<Figure[]> {
  const before = await counter.seen()
  const seconds = await inHome(async (home) => {
    const recorder = await ourRecorder(home, () => counter.url)
    const took = await recordBurst(recorder, BURST)
    await recorder.close(60_000)
    return took
  })
  const between = await counter.seen()
  const plain = plainRecorder(counter.url)
  const plainSeconds = await recordBurst(plain, PLAIN_LOSS_RUNS)
  await plain.close(60_000)
  const after = await counter.seen()
  const lost = (from: number, to: number, of: number): number => (100 * (of - (to - from))) / of
  return [
    {
      name: 'recorded a second by one process',
      value: BURST / seconds,
      unit: 'executions',
      target: { atLeast: 10_000 },
    },
    {
      name: `lost of ${BURST} log records`,
      value: lost(before.logs, between.logs, BURST),
      unit: '%',
      target: { atMost: 0 },
    },
    {
      name: `lost of ${BURST} spans`,
      value: lost(before.spans, between.spans, BURST),
      unit: '%',
      target: { atMost: 0 },
    },
    { name: 'recorded a second, plain SDK', value: PLAIN_LOSS_RUNS / plainSeconds, unit: 'executions' },
    {
      name: 'log records lost, plain SDK',
      value: lost(between.logs, after.logs, PLAIN_LOSS_RUNS),
      unit: '%',
    },
    { name: 'spans lost, plain SDK', value: lost(between.spans, after.spans, PLAIN_LOSS_RUNS), unit: '%' },
  ]
}

async function drainFigures(counter: OtlpCounter): Promise<Figure[]> {
  return inHome(async (home) => {
    const recorder = await ourRecorder(home, () => counter.url)
    const executions = Math.ceil(BACKLOG / RECORDS_EACH)
    // What is flat through a backlog is seen beside a process that has worked without one.
    await recordBurst(recorder, SETTLING_RUNS)
    await recorder.flush(60_000)
    counter.become('away')
    const atFirst = process.memoryUsage.rss()
    const memory = watchMemory()
    const before = await counter.seen()
    await recordBurst(recorder, executions)
    counter.become('back')
    const since = performance.now()
    const left = await recorder.flush(600_000)
    const seconds = (performance.now() - since) / 1000
    const peak = memory.stop()
    const after = await counter.seen()
    await recorder.close(60_000)
    const missing = executions - (after.logs - before.logs) + left
    return [
      {
        name: `drained a second, of ${executions * RECORDS_EACH}`,
        value: (executions * RECORDS_EACH) / seconds,
        unit: 'records',
        target: { atLeast: 20_000 },
      },
      { name: 'missing after the drain', value: missing, unit: 'executions', target: { atMost: 0 } },
      {
        name: 'more memory through the backlog',
        value: (peak.rss - atFirst) / 1_048_576,
        unit: 'MiB',
        target: { atMost: 50 },
      },
      { name: 'longest the event loop was held', value: peak.heldMs, unit: 'ms' },
    ]
  })
}

/** Peak of the memory of this process, and the longest its event loop did not turn, while the sender works. */
function watchMemory(): { stop(): { rss: number; heldMs: number } } {
  let rss = 0
  let heldMs = 0
  let last = performance.now()
  const timer = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss())
    heldMs = Math.max(heldMs, performance.now() - last - 20)
    last = performance.now()
  }, 20)
  return {
    stop() {
      clearInterval(timer)
      return { rss, heldMs }
    },
  }
}

// The tails tell of the machine as much as of the code: others' load is in them.
console.log(`load average at the start: ${loadavg()[0]?.toFixed(1)}`)
const counter = await startOtlpCounter()
printFigures(await costFigures(counter))
printFigures(await burstFigures(counter))
printFigures(await drainFigures(counter))
await counter.stop()
