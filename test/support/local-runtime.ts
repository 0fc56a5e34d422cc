/** The local runtimes as tests make them. */
import { join } from 'node:path'
import type { LocalOptions } from '../../src/runtimes/sandbox/host.ts'

/** Options with the PATH of the tests. */
export function localOptions(change: Partial<LocalOptions> = {}): LocalOptions {
  return { path: process.env['PATH'] ?? '', requireIsolation: false, report: () => undefined, ...change }
}

/** A PATH with nothing on it. */
export const EMPTY_PATH = join('/nonexistent', 'bin')
