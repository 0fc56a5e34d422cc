/**
 * How long starting a run keeps the host process from anything else, beside `child_process.spawn` of the bare
 * interpreter, in a light process and in one of 1 GiB: spawn copies the host's page tables, a sandbox is forked
 * from a small process. One run at a time, cold. `node bench/event-loop.ts [runs]`, 100 of each by default.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutionRequest } from '../src/execution.ts'
import { printFigures, type Figure } from './figures.ts'
import { createBenchExecutor } from './support/executor.ts'
import { temporaryHome } from './support/home.ts'
import { startOtlpCounter } from './support/otlp-counter.ts'

const RUNS = Number(process.argv[2] ?? 100)
const WEIGHT_BYTES = 1_073_741_824
/** The monitor looks as often; what it tells is the time between two looks. */
const LOOK_MS = 1
const TARGET_MS = 5

type Work = () => Promise<unknown>

interface Away {
  p50: number
  p99: number
  longest: number
}

/** ms the event loop was away while `work` was done `RUNS` times. */
async function measure(work: Work): Promise<Away> {
  for (let warmUp = 0; warmUp < 10; warmUp++) await work()
  const monitor = monitorEventLoopDelay({ resolution: LOOK_MS })
  const longest: number[] = []
  for (let run = 0; run < RUNS; run++) {
    monitor.reset()
    monitor.enable()
    await pause(2 * LOOK_MS) // the monitor counts from its first look
    await work()
    await pause(2 * LOOK_MS)
    monitor.disable()
    longest.push(Math.max(0, monitor.max / 1e6 - LOOK_MS))
  }
  longest.sort((a, b) => a - b)
  const at = (part: number): number => longest[Math.min(RUNS - 1, Math.floor(part * RUNS))] ?? 0
  return { p50: at(0.5), p99: at(0.99), longest: at(1) }
}

function describe(name: string, { p50, p99, longest }: Away, atMost: number | null): Figure[] {
  const row = (what: string, value: number): Figure => ({ name: `${name}, ${what}`, value, unit: 'ms' })
  return [
    row('p50', p50),
    { ...row('p99', p99), ...(atMost === null ? {} : { target: { atMost } }) },
    row('longest', longest),
  ]
}

using home = temporaryHome('event-loop-')
const receiver = await startOtlpCounter()
const executor = await createBenchExecutor(home.path, receiver)

async function bare(): Promise<void> {
  await once(spawn('bash', ['-c', ':'], { stdio: 'ignore' }), 'close')
}

function execute(language: ExecutionRequest['language'], code: string): Work {
  return async () => {
    const { outcome } = await executor.execute({ runtime: 'subprocess', language, code })
    if (outcome !== 'success') throw new Error(`a run of ${language} ended as ${outcome}`)
  }
}

const works: readonly (readonly [string, Work, number | null])[] = [
  ['nothing', () => pause(5), null],
  ['spawn of bash', bare, null],
  ['bash', execute('bash', ':'), TARGET_MS],
  ['python', execute('python', 'pass'), TARGET_MS],
  ['javascript', execute('javascript', '0'), TARGET_MS],
  ['typescript', execute('typescript', 'const one: number = 1'), TARGET_MS],
]
const figures: Figure[] = []
let weight: Buffer | null = null
for (const name of ['light host', 'host of 1 GiB']) {
  for (const [kind, work, target] of works)
    figures.push(...describe(`${name}: ${kind}`, await measure(work), target))
  weight ??= Buffer.alloc(WEIGHT_BYTES, 1)
}
printFigures(figures)
await executor.close(60_000)
await receiver.stop()
