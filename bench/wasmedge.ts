/** WasmEdge: a small `main(input)` cold, started ahead and ten at once, and loops against the bare interpreters. */
import { loadConfig } from '../src/config.ts'
import { compileModule } from '../src/provision/wasmedge/compile.ts'
import { findEngine } from '../src/provision/wasmedge/wasmedge.ts'
import { MODULE_NAMES, prepareModule } from '../src/provision/wasmedge/modules.ts'
import type { Language } from '../src/execution.ts'
import type { Runtime } from '../src/runtimes/runtime.ts'
import { subprocess } from '../src/runtimes/subprocess.ts'
import { wasmedge } from '../src/runtimes/wasmedge.ts'
import type { WasmedgeOptions } from '../src/runtimes/wasmedge/toolchain.ts'
import { percentile, printFigures, type Figure } from './figures.ts'

const RUNS = 30
const TARGETS_MS = { javascript: 60, typescript: 60, python: 300 } as const
type Served = keyof typeof TARGETS_MS
const LANGUAGES = ['javascript', 'typescript', 'python'] as const

const SMALL: Record<Served, string> = {
  javascript: 'export function main(input) { return { sum: input.xs.reduce((a, b) => a + b, 0) } }',
  typescript:
    'export function main(input: { xs: number[] }): { sum: number } { return { sum: input.xs.reduce((a, b) => a + b, 0) } }',
  python: 'def main(input):\n    return {"sum": sum(input["xs"])}',
}
const LOOP: Record<'javascript' | 'python', string> = {
  javascript:
    'export function main() { let sum = 0; for (let i = 0; i < 1000000; i++) sum += i % 7; return sum }',
  python: 'def main(input):\n    s = 0\n    for i in range(1000000):\n        s += i % 7\n    return s',
}

const config = loadConfig()
const report = (line: string): void => console.error(line)
const options: WasmedgeOptions = { ...config, report, compile: 'never' }

async function compileAll(): Promise<void> {
  const engine = await findEngine({ config, report })
  const signal = new AbortController().signal
  for (const name of MODULE_NAMES) {
    const module = await prepareModule(name, config.cacheDir)
    await compileModule({ engine, module, signal, progress: { stage: (text) => report(`${name}: ${text}`) } })
  }
}

/** Wall time of one run, ms; from the request to the end of its process. */
async function time(runtime: Runtime, language: Language, code: string): Promise<number> {
  const startedAt = performance.now()
  const exit = await runtime.run(
    {
      executionId: crypto.randomUUID(),
      organizationId: 'bench',
      workflowExecutionId: null,
      codeAgentId: null,
      language,
      code,
      input: '{"xs":[1,2,3]}',
      env: {},
      files: [],
      network: 'none',
      limits: {
        timeoutMs: 30_000,
        cpuMs: null,
        memoryBytes: 268_435_456,
        pids: 64,
        outputBytes: 1_048_576,
        outputPolicy: 'truncate',
        diskBytes: 67_108_864,
        openFiles: 256,
      },
    },
    { signal: AbortSignal.timeout(60_000), onOutput: () => undefined, onRunning: () => undefined },
  )
  if (exit.result === null) throw new Error(`${runtime.name} ${language}: ${JSON.stringify(exit)}`)
  return performance.now() - startedAt
}

async function sample(
  runtime: Runtime,
  language: Language,
  code: string,
  pauseMs: number,
): Promise<number[]> {
  const times: number[] = []
  for (let run = 0; run < RUNS + 3; run++) {
    times.push(await time(runtime, language, code))
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  return times.slice(3)
}

async function best(runtime: Runtime, language: Language, code: string): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < 4; run++) times.push(await time(runtime, language, code))
  return Math.min(...times)
}

function spread(name: string, times: readonly number[], atMost?: number): Figure[] {
  const target = atMost === undefined ? {} : { target: { atMost } }
  return [
    { name: `${name}, p50`, value: percentile(times, 0.5), unit: 'ms', ...target },
    { name: `${name}, p95`, value: percentile(times, 0.95), unit: 'ms' },
  ]
}

async function measure(): Promise<Figure[]> {
  const figures: Figure[] = []
  const [cold, warm, bare] = [
    wasmedge({ ...options, pool: { cap: 0 } }),
    wasmedge(options),
    subprocess({ ...config, report, pool: { cap: 0 } }),
  ]
  try {
    for (const language of LANGUAGES) {
      const code = SMALL[language]
      figures.push(...spread(`${language} cold`, await sample(cold, language, code, 0), TARGETS_MS[language]))
      figures.push(...spread(`${language} started ahead`, await sample(warm, language, code, 250)))
      const startedAt = performance.now()
      const ten = await Promise.all(Array.from({ length: 10 }, () => time(warm, language, code)))
      figures.push({
        name: `${language} ten at once, all ended`,
        value: performance.now() - startedAt,
        unit: 'ms',
      })
      figures.push({
        name: `${language} ten at once, ended well`,
        value: ten.length,
        unit: 'runs',
        target: { atLeast: 10 },
      })
    }
    for (const language of ['javascript', 'python'] as const) {
      const name = `${language} loop of a million, start included`
      figures.push({ name, value: await best(cold, language, LOOP[language]), unit: 'ms' })
      figures.push({
        name: `${name}: subprocess`,
        value: await best(bare, language, LOOP[language]),
        unit: 'ms',
      })
    }
  } finally {
    await Promise.all([cold.close(), warm.close(), bare.close()])
  }
  return figures
}

await compileAll()
printFigures(await measure())
