/** What a job of Bacalhau costs beside the program itself, cold and warm, on a node of this machine. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../src/config.ts'
import { findNode } from '../src/provision/bacalhau/bacalhau.ts'
import { bacalhau, type BacalhauRuntime } from '../src/runtimes/bacalhau.ts'
import { makeRequest, record } from '../test/support/run-recorder.ts'
import { percentile, printFigures, type Figure } from './figures.ts'

const RUNS = 12
const PROGRAMS = {
  python: 'def main(input):\n    return input',
  javascript: 'export const main = (input) => input',
} as const

async function timeRun(runtime: BacalhauRuntime, language: keyof typeof PROGRAMS): Promise<number> {
  const { exit, tookMs } = await record(
    runtime,
    makeRequest(language, PROGRAMS[language], { input: '{"a":1}' }),
  )
  if (exit.result === null) throw new Error(exit.fault?.message ?? 'no result')
  return tookMs
}

async function measure(variant: 'exectrail' | 'stock', runs: number): Promise<Figure[]> {
  const { cacheDir, path } = loadConfig()
  const home = await mkdtemp(join(tmpdir(), 'exectrail-bench-'))
  const runtime = bacalhau({ apiUrl: null, home, cacheDir, path, variant })
  const figures: Figure[] = []
  try {
    for (const language of ['python', 'javascript'] as const) {
      const cold = await timeRun(runtime, language)
      const warm: number[] = []
      for (let run = 0; run < runs; run += 1) warm.push(await timeRun(runtime, language))
      figures.push(
        { name: `${variant} node, ${language}, first job`, value: cold, unit: 'ms' },
        { name: `${variant} node, ${language}, later jobs, p50`, value: percentile(warm, 0.5), unit: 'ms' },
        { name: `${variant} node, ${language}, later jobs, p95`, value: percentile(warm, 0.95), unit: 'ms' },
      )
    }
  } finally {
    await runtime.close()
    await rm(home, { recursive: true, force: true })
  }
  return figures
}

const figures: Figure[] = []
for (const variant of ['exectrail', 'stock'] as const) {
  try {
    const { cacheDir, path, ci } = loadConfig()
    const found = await findNode({ config: { cacheDir, path, ci }, report: () => undefined, variant })
    if (found.variant !== variant) throw new Error(`there is only ${found.origin}`)
    figures.push(...(await measure(variant, variant === 'stock' ? 4 : RUNS)))
  } catch (error) {
    console.log(`${variant} node: skipped: ${error instanceof Error ? error.message : String(error)}`)
  }
}
if (figures.length > 0) printFigures(figures)
