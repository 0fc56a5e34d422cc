/**
 * How fast a flood of output is drained, counted and cut, beside the same command into `cat > /dev/null`, and
 * what memory it takes. `node bench/output.ts [GB]`, 10 by default; one-byte writes are one for 2,000 of these bytes.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ExecutionRequest, ExecutionResult } from '../src/execution.ts'
import { printFigures, type Figure } from './figures.ts'
import { createBenchExecutor } from './support/executor.ts'
import { temporaryHome } from './support/home.ts'
import { startOtlpCounter } from './support/otlp-counter.ts'

const BYTES = Number(process.argv[2] ?? 10) * 1e9
const SMALL_WRITES = BYTES / 2000
const CUT_BYTES = 1_048_576
const MIB = 1_048_576
const SAMPLE_MS = 20
const EXECTRAIL = join(import.meta.dirname, '../bin/exectrail')
const limits = { timeoutMs: 600_000, outputBytes: CUT_BYTES }

const FLOOD = `echo first; head -c ${BYTES} /dev/zero; echo last`
const FLOOD_BYTES = BYTES + 'first\nlast\n'.length
/** 50 MB. */
const LINES = 'seq 1000000000 1004545454'
const DRIPS = `dd if=/dev/zero bs=1 count=${SMALL_WRITES} status=none`

using home = temporaryHome('output-')
const receiver = await startOtlpCounter()
const environment = { ...process.env, EXECTRAIL_HOME: home.path, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
const executor = await createBenchExecutor(home.path, receiver)

interface Timed {
  tookMs: number
  /** Bytes of resident memory beyond those at the beginning. */
  grownBytes: number
}

async function time(work: () => Promise<unknown>): Promise<Timed> {
  const before = process.memoryUsage.rss()
  let peak = before
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, SAMPLE_MS)
  const since = performance.now()
  await work()
  clearInterval(sampling)
  return { tookMs: performance.now() - since, grownBytes: peak - before }
}

async function start(command: string, ...args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'], env: environment })
  const [exitCode] = await once(child, 'exit')
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}`)
}

const bare = (code: string) => time(() => start('bash', '-c', `(${code}) | cat > /dev/null`))

/** Runs `code`; fails where the result does not report what happened. */
function drain(code: string, bytes: number, more: Partial<ExecutionRequest> = {}): Promise<Timed> {
  return time(async () => {
    const request = { runtime: 'subprocess', language: 'bash', code, limits, ...more } as const
    check(await executor.execute(request), bytes)
  })
}

function check({ outcome, stdout, stdoutBytes, outputTruncated }: ExecutionResult, bytes: number): void {
  if (outcome !== 'success' || stdoutBytes !== bytes || outputTruncated !== bytes > CUT_BYTES)
    throw new Error(`reported as ${outcome} with ${stdoutBytes} bytes instead of ${bytes}`)
  if (stdout.length > CUT_BYTES + 100) throw new Error(`${stdout.length} characters were kept`)
}

/** Times of a run that prints 50 MB of lines: with its output kept whole, and not kept. */
async function timeLines(): Promise<{ kept: Timed; notKept: Timed }> {
  using bareHome = temporaryHome('output-bare-')
  const bareExecutor = await createBenchExecutor(bareHome.path, receiver, { EXECTRAIL_BLOBS: 'none' })
  const request = { runtime: 'subprocess', language: 'bash', code: LINES, limits } as const
  const [kept, notKept]: Timed[][] = [[], []]
  for (let turn = 0; turn < 5; turn += 1) {
    notKept?.push(await time(() => bareExecutor.execute(request)))
    kept?.push(await time(() => executor.execute(request)))
  }
  await bareExecutor.close(0)
  return { kept: fastest(kept ?? []), notKept: fastest(notKept ?? []) }
}

function fastest(times: readonly Timed[]): Timed {
  return times.reduce((best, one) => (one.tookMs < best.tookMs ? one : best))
}

/** ms until a flood that may not go on is ended. */
async function killFlood(): Promise<number> {
  const code = 'cat /dev/zero'
  const { outcome, errorType, durationMs } = await executor.execute({
    runtime: 'subprocess',
    language: 'bash',
    code,
    limits: { ...limits, outputPolicy: 'kill' },
  })
  if (errorType !== 'output_limit') throw new Error(`a flood was reported as ${outcome}/${errorType}`)
  return durationMs
}

const speed = (name: string, { tookMs }: Timed): Figure => ({
  name,
  value: BYTES / 1e6 / tookMs,
  unit: 'GB/s',
})
const ratio = (name: string, of: Timed, beside: Timed, atMost: number): Figure => ({
  name,
  value: of.tookMs / beside.tookMs,
  unit: '×',
  target: { atMost },
})
const memory = (name: string, { grownBytes }: Timed): Figure => ({
  name,
  value: grownBytes / MIB,
  unit: 'MiB',
  target: { atMost: 64 },
})

await drain('head -c 100000000 /dev/zero', 1e8)
const [pipe, flood, listened, command] = [
  await bare(FLOOD),
  await drain(FLOOD, FLOOD_BYTES),
  await drain(FLOOD, FLOOD_BYTES, { onOutput: () => undefined }),
  await time(() => start(EXECTRAIL, 'run', '-l', 'bash', '-e', FLOOD, '--timeout-ms', '600000')),
]
const [drops, drips] = [await bare(DRIPS), await drain(DRIPS, SMALL_WRITES)]
const lines = await timeLines()
printFigures([
  speed('into cat > /dev/null', pipe),
  speed('drained, counted and cut by execute()', flood),
  ratio('the same, time beside cat', flood, pipe, 2),
  memory('the same, resident memory', flood),
  ratio('with a listener that takes it as text', listened, pipe, 4),
  memory('the same, resident memory', listened),
  ratio('by `exectrail run` into /dev/null', command, pipe, 6),
  ratio(`${SMALL_WRITES.toLocaleString('en')} writes of one byte, time beside cat`, drips, drops, 2),
  memory('the same, resident memory', drips),
  { name: '50 MB of lines, not kept whole', value: lines.notKept.tookMs, unit: 'ms' },
  { name: '50 MB of lines, kept whole', value: lines.kept.tookMs, unit: 'ms' },
  memory('the same, resident memory', lines.kept),
  { name: 'until a flood is killed that goes beyond 1 MiB', value: await killFlood(), unit: 'ms' },
])
await executor.close(60_000)
await receiver.stop()
