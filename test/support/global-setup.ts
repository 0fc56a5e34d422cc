/**
 * Before any test: gets what takes minutes on a machine that never had it, the Collector and a Bacalhau node, and makes
 * the directory of what the test files of this run share.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { loadConfig } from '../../src/config.ts'
import { obtainNode } from '../../src/provision/bacalhau/bacalhau.ts'
import { findCollector } from '../../src/provision/collector/collector.ts'

declare module 'vitest' {
  interface ProvidedContext {
    runDirectory: string
  }
}

/** @returns what removes the directory after the last test */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'exectrail-tests-'))
  project.provide('runDirectory', directory)
  await obtainPrograms()
  return () => rm(directory, { recursive: true, force: true })
}

async function obtainPrograms(): Promise<void> {
  const config = { ...loadConfig(), ci: true }
  const report = (line: string): void => void process.stderr.write(`${line}\n`)
  await findCollector({ config, report })
  if (!needsNode(process.argv.slice(2))) return
  for (const variant of ['exectrail', 'stock'] as const) {
    try {
      await obtainNode({ config, variant, report })
    } catch (error) {
      // Its tests are skipped, with this for a reason.
      report(error instanceof Error ? error.message : String(error))
      return
    }
  }
}

/** Whether a Bacalhau node is among what the command line asks for: test files it names, or all. */
function needsNode(words: readonly string[]): boolean {
  const named = words.filter((word) => word.startsWith('test/'))
  return (
    named.length === 0 ||
    named.some((word) => 'test/runtimes/bacalhau'.startsWith(word) || word.includes('bacalhau'))
  )
}
