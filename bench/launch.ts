/**
 * How long a run takes beside the bare interpreter, interleaved in one process so that the machine's drift
 * affects all alike. First: everything is made, as for the first run of a process. Cold: the sandbox forked,
 * the interpreter started. Forked: the interpreter forked too. Warm: a started one waits. Sustained: as many at
 * a time as there are cores, and one; with the processor time a run took. `node bench/launch.ts [runs] [kind]`, 40 runs by default.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Language } from '../src/execution.ts'
import type { Runtime } from '../src/runtimes/runtime.ts'
import { findPython } from '../src/runtimes/sandbox/find-tools.ts'
import type { LocalOptions } from '../src/runtimes/sandbox/options.ts'
import { subprocess } from '../src/runtimes/subprocess.ts'
import { vm2 } from '../src/runtimes/vm2.ts'
import { percentile, printFigures, type Figure } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import { countProcessorTime } from './support/processor-time.ts'
import { timeCommand } from './support/time-command.ts'

const RUNS = Number(process.argv[2] ?? 40)
const WARM_UPS = 4
/** Long enough for the pool to fill again. */
const PAUSE_MS = 180
const SUSTAINED_MS = 4000

interface Kind {
  name: string
  make: (options: LocalOptions) => Runtime
  language: Language
  code: string
  bare: readonly string[]
  /** Targets: cold ratio; warm p50 and p95 in ms; runs a second. */
  cold: number
  warm: readonly [number, number]
  perSecond: number
}

using home = temporaryHome('launch-')
await using processorTime = countProcessorTime()
const typescriptFile = join(home.path, 'x.mts')
const TYPED = Array.from(
  { length: 20 },
  (_, i) =>
    `interface I${i} { a: number; b: string }\nexport function f${i}(x: I${i}): number {\n  return x.a + ${i}\n}\n`,
).join('')
writeFileSync(typescriptFile, TYPED)
const python = (await findPython(process.env['PATH'] ?? ''))?.path ?? 'python3'

const KINDS: readonly Kind[] = [
  {
    name: 'javascript',
    make: subprocess,
    language: 'javascript',
    code: 'export const main = (input) => input',
    bare: [process.execPath, '-e', '0'],
    cold: 1.3,
    warm: [4, 6],
    perSecond: 35,
  },
  {
    name: 'typescript',
    make: subprocess,
    language: 'typescript',
    code: `${TYPED.slice(0, 3500)}\nexport const main = (input: unknown) => input`.replace(
      /interface I\d+ [^}]*$/,
      '',
    ),
    bare: [process.execPath, typescriptFile],
    cold: 0.6,
    warm: [4, 6],
    perSecond: 35,
  },
  {
    name: 'python',
    make: subprocess,
    language: 'python',
    code: 'def main(input):\n    return input',
    bare: [python, '-I', '-S', '-c', '0'],
    cold: 1.7,
    warm: [5, 8],
    perSecond: 200,
  },
  {
    name: 'bash',
    make: subprocess,
    language: 'bash',
    code: 'main() { result "$1"; echo; }',
    bare: ['/bin/bash', '--norc', '--noprofile', '-c', ':'],
    cold: 3.7,
    warm: [1, 2],
    perSecond: 130,
  },
  {
    name: 'vm2',
    make: vm2,
    language: 'javascript',
    code: 'exports.main = (input) => input',
    bare: [process.execPath, '-e', '0'],
    cold: 1.9,
    warm: [4, 8],
    perSecond: 24,
  },
]

interface Timing {
  /** ms from the call to the end of the program and its interpreter; of bash, to what it prints right after its result. */
  result: number
  /** ms from the call to all being gone. */
  closed: number
}

let serial = 0

async function runOnce(runtime: Runtime, kind: Kind): Promise<Timing> {
  const calledAt = performance.now()
  let runningAt = 0
  let outputAt = 0
  serial += 1
  const exit = await runtime.run(
    {
      executionId: String(serial),
      organizationId: 'bench',
      workflowExecutionId: null,
      codeAgentId: null,
      language: kind.language,
      code: kind.language === 'typescript' ? `${kind.code}\n// ${serial}` : kind.code, // compiled code is kept
      input: '{"n":41}',
      env: {},
      files: [],
      network: 'none',
      limits: {
        timeoutMs: 10_000,
        cpuMs: null,
        memoryBytes: 268_435_456,
        pids: 64,
        outputBytes: 65_536,
        outputPolicy: 'truncate',
        diskBytes: 67_108_864,
        openFiles: 256,
      },
    },
    {
      signal: new AbortController().signal,
      onOutput: () => {
        outputAt ||= performance.now()
      },
      onRunning: () => {
        runningAt = performance.now()
      },
    },
  )
  const closedAt = performance.now()
  if (exit.result === null) throw new Error(`${kind.name} failed: ${JSON.stringify(exit)}`)
  const resultAt = outputAt === 0 ? runningAt + (exit.durationMs ?? 0) : outputAt
  return { result: resultAt - calledAt, closed: closedAt - calledAt }
}

type Samples = Record<'bare' | 'first' | 'cold' | 'forked' | 'warmResult' | 'warmClosed', number[]>

async function measure(kind: Kind): Promise<Figure[]> {
  const path = process.env['PATH'] ?? ''
  const options = { path, requireIsolation: true }
  const first = kind.make({ ...options, pool: { cap: 0 }, forkServer: 'off' })
  const cold = kind.make({ ...options, pool: { cap: 0 }, forkServer: 'sandbox' })
  const forked = kind.make({ ...options, pool: { cap: 0 } })
  const warm = kind.make({ ...options, pool: { floor: 2, cap: 4 } })
  const samples: Samples = { bare: [], first: [], cold: [], forked: [], warmResult: [], warmClosed: [] }
  for (let index = -WARM_UPS; index < RUNS; index += 1) {
    const bare = await timeCommand(kind.bare)
    const fresh = await runOnce(first, kind)
    const chilled = await runOnce(cold, kind)
    const cloned = await runOnce(forked, kind)
    await pause(PAUSE_MS)
    const warmed = await runOnce(warm, kind)
    if (index < 0) continue
    samples.bare.push(bare)
    samples.first.push(fresh.closed)
    samples.cold.push(chilled.closed)
    samples.forked.push(cloned.closed)
    samples.warmResult.push(warmed.result)
    samples.warmClosed.push(warmed.closed)
  }
  const sustained = await sustain(forked, kind)
  await Promise.all([first, cold, forked, warm].map((runtime) => runtime.close()))
  return [...describe(kind, samples), ...sustained]
}

function describe(kind: Kind, samples: Samples): Figure[] {
  const bare = percentile(samples.bare, 0.5)
  const forks = percentile(samples.forked, 0.5)
  return [
    { name: `${kind.name} bare interpreter p50`, value: bare, unit: 'ms' },
    { name: `${kind.name} first beside bare`, value: percentile(samples.first, 0.5) / bare, unit: '×' },
    { name: `${kind.name} cold, call to closed p50`, value: percentile(samples.cold, 0.5), unit: 'ms' },
    {
      name: `${kind.name} cold beside bare`,
      value: percentile(samples.cold, 0.5) / bare,
      unit: '×',
      target: { atMost: kind.cold },
    },
    ...(kind.name === 'python'
      ? [{ name: 'python forked, call to closed p50', value: forks, unit: 'ms' }]
      : []),
    {
      name: `${kind.name} warm, call to end p50`,
      value: percentile(samples.warmResult, 0.5),
      unit: 'ms',
      target: { atMost: kind.warm[0] },
    },
    {
      name: `${kind.name} warm, call to end p95`,
      value: percentile(samples.warmResult, 0.95),
      unit: 'ms',
      target: { atMost: kind.warm[1] },
    },
    { name: `${kind.name} warm, call to closed p50`, value: percentile(samples.warmClosed, 0.5), unit: 'ms' },
  ]
}

/** As many at a time as there are cores, and one. */
async function sustain(runtime: Runtime, kind: Kind): Promise<Figure[]> {
  const until = performance.now() + SUSTAINED_MS
  const before = processorTime?.readMs() ?? 0
  let done = 0
  const lane = async (): Promise<void> => {
    for (; performance.now() < until; done += 1) await runOnce(runtime, kind)
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane))
  const name = `${kind.name} sustained`
  const value = done / (SUSTAINED_MS / 1000)
  const tookMs = ((processorTime?.readMs() ?? NaN) - before) / done
  return [
    { name, value, unit: 'runs/s', target: { atLeast: kind.perSecond } },
    { name: `${name}, processor time a run`, value: tookMs, unit: 'ms' },
  ]
}

const only = process.argv[3]
for (const kind of KINDS.filter(({ name }) => only === undefined || name === only)) {
  printFigures(await measure(kind))
  console.log('')
}
