/** `exectrail prepare`: gets now what a first use would get. */
import { join } from 'node:path'
import { loadConfig, type Config } from '../../config.ts'
import { obtainNode } from '../../provision/bacalhau/bacalhau.ts'
import { findCollector } from '../../provision/collector/collector.ts'
import { compileModules, type Preparation } from '../../provision/wasmedge/prepare.ts'
import { escapeControls } from '../escape-controls.ts'
import type { Terminal } from '../terminal.ts'
import { withMetadata } from '../with-installation.ts'

/** What can be got ahead of its first use. */
export type Program = 'bacalhau' | 'collector' | 'metadata' | 'wasmedge'

const INTERRUPTED = 130

/**
 * Prints where it is.
 * @throws {ExectrailError} when it cannot be obtained, with what helps
 */
export async function prepare(program: Program, terminal: Terminal): Promise<number> {
  const search = { config: loadConfig(), report: (line: string) => terminal.say(escapeControls(line)) }
  if (program === 'wasmedge') return prepareWasmedge(search, terminal)
  if (program === 'metadata') await prepareMetadata(search.config, terminal)
  else if (program === 'collector') await terminal.data((await findCollector(search)).origin)
  else await terminal.data((await obtainNode(search)).path)
  return 0
}

/** Creates its files by a first start, unless a stack runs, which has them. */
async function prepareMetadata(config: Config, terminal: Terminal): Promise<void> {
  await withMetadata(config, (database) => database.ping())
  await terminal.data(config.databaseUrl === null ? join(config.home, 'postgres') : 'DATABASE_URL')
}

/** An interruption also ends the compiler, whose draft is removed. */
async function prepareWasmedge(search: Omit<Preparation, 'signal'>, terminal: Terminal): Promise<number> {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())
  try {
    const paths = await compileModules({ ...search, signal: interrupted.signal })
    await terminal.data(paths.join('\n'))
    return 0
  } catch (error) {
    if (interrupted.signal.aborted) return INTERRUPTED
    throw error
  }
}
