/** The E2B runtime as tests make it: the real SDK, talking to the stand-in. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { e2b, type E2bOptions } from '../../src/runtimes/e2b.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import type { E2bStandIn } from './e2b-stand-in/server.ts'

/** A runtime that talks to `standIn`, with a home of its own unless `change` gives one. */
export function e2bOn(standIn: E2bStandIn, change: Partial<E2bOptions> = {}): Runtime {
  const home = change.home ?? mkdtempSync(join(tmpdir(), 'exectrail-test-'))
  const runtime = e2b({
    apiKey: standIn.apiKey,
    home,
    report: () => undefined,
    connection: { apiUrl: standIn.url, sandboxUrl: standIn.url },
    ...change,
  })
  const close = async (): Promise<void> => {
    await runtime.close()
    if (change.home === undefined) await rm(home, { recursive: true, force: true })
  }
  return { ...runtime, close }
}
