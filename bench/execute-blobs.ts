/**
 * What whole content costs an execution whose record holds everything: `execute()` with blobs kept in a directory and with
 * `EXECTRAIL_BLOBS=none`, call by call in turns, back to back, and the executor's own processor time of each.
 * `npm run bench execute-blobs [runs]`, 300 of each by default.
 */
import type { ExecutionRequest } from '../src/execution.ts'
import type { Executor } from '../src/executor/executor.ts'
import { percentile, printFigures, type Figure } from './figures.ts'
import { createBenchExecutor } from './support/executor.ts'
import { temporaryHome } from './support/home.ts'
import { startOtlpCounter } from './support/otlp-counter.ts'

const RUNS = Number(process.argv[2] ?? 300)
const WARM_UPS = 20

const PROGRAMS = [
  { language: 'bash', code: 'main() { result "$1"; }' },
  { language: 'javascript', code: 'export const main = (input) => input' },
] as const
type Program = (typeof PROGRAMS)[number]

interface Call {
  tookMs: number
  /** Processor time of this process. */
  usedMs: number
}

async function call(executor: Executor, program: Program, serial: number): Promise<Call> {
  const request: ExecutionRequest = {
    runtime: 'subprocess',
    ...program,
    input: { n: serial },
    context: { organizationId: 'bench' },
  }
  const used = process.cpuUsage()
  const since = performance.now()
  const { outcome } = await executor.execute(request)
  const tookMs = performance.now() - since
  const { user, system } = process.cpuUsage(used)
  if (outcome !== 'success') throw new Error(`a run ended as ${outcome}`)
  return { tookMs, usedMs: (user + system) / 1000 }
}

async function measure(
  program: Program,
  executors: { with: Executor; without: Executor },
): Promise<Figure[]> {
  const calls: Record<keyof typeof executors, Call[]> = { with: [], without: [] }
  for (let serial = -WARM_UPS; serial < RUNS; serial += 1)
    for (const name of serial % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const)) {
      const one = await call(executors[name], program, serial)
      if (serial >= 0) calls[name].push(one)
    }
  return (['with', 'without'] as const).flatMap((name) => [
    {
      name: `${program.language}, ${name} blobs, p50`,
      value: percentile(
        calls[name].map(({ tookMs }) => tookMs),
        0.5,
      ),
      unit: 'ms',
    },
    {
      name: `  processor time of the executor, p50`,
      value: percentile(
        calls[name].map(({ usedMs }) => usedMs),
        0.5,
      ),
      unit: 'ms',
    },
  ])
}

using home = temporaryHome('execute-blobs-')
const receiver = await startOtlpCounter()
const executors = {
  with: await createBenchExecutor(`${home.path}/with`, receiver),
  without: await createBenchExecutor(`${home.path}/without`, receiver, { EXECTRAIL_BLOBS: 'none' }),
}
for (const program of PROGRAMS) printFigures(await measure(program, executors))
for (const executor of Object.values(executors)) await executor.close(60_000)
await receiver.stop()
