/** The local runtimes as tests make them. */
import { join } from 'node:path'
import type { LocalOptions } from '../../src/runtimes/sandbox/options.ts'
import { descendants } from './descendants.ts'

/** Options with the PATH of the tests. */
export function localOptions(change: Partial<LocalOptions> = {}): LocalOptions {
  return { path: process.env['PATH'] ?? '', requireIsolation: false, report: () => undefined, ...change }
}

/** A PATH with nothing on it. */
export const EMPTY_PATH = join('/nonexistent', 'bin')

/** Kills the processes of this test that watch the sandboxes, as if the backend had died. */
export function killSlots(): Promise<void> {
  const all = descendants()
  const isLauncher = ({ parent, command }: (typeof all)[number]): boolean =>
    parent === process.pid && command.includes('/launcher.pl')
  const launchers = new Set(all.filter(isLauncher).map(({ pid }) => pid))
  const slots = all.filter(({ parent }) => launchers.has(parent))
  if (slots.length === 0) throw new Error('no slot runs')
  for (const { pid } of slots) process.kill(pid, 'SIGKILL')
  return Promise.resolve()
}
