/** The contract on E2B itself; runs where E2B_API_KEY is set, and costs a few cents. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sandbox } from 'e2b'
import { afterAll } from 'vitest'
import { e2b } from '../../src/runtimes/e2b.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { describeRuntime } from '../contract/runtime-contract.ts'

const apiKey = process.env['E2B_API_KEY'] ?? null
const home = await mkdtemp(join(tmpdir(), 'exectrail-test-'))
const make = (key: string | null): Runtime => e2b({ apiKey: key, home, report: (line) => console.warn(line) })

afterAll(() => rm(home, { recursive: true, force: true }))

/** Ends the sandboxes of the executors of this home, as the provider might. */
async function killSandboxes(): Promise<void> {
  for (const name of await readdir(join(home, 'e2b'))) {
    const executor = name.replace(/\.lock.*$/, '')
    const pages = Sandbox.list({ query: { metadata: { 'exectrail.executor': executor } } })
    while (pages.hasNext) for (const { sandboxId } of await pages.nextItems()) await Sandbox.kill(sandboxId)
  }
}

describeRuntime('e2b itself', () => make(apiKey), ['javascript', 'typescript', 'python', 'bash'], {
  absent: apiKey === null ? 'E2B_API_KEY is not set' : null,
  makeAbsent: () => make(null),
  killBackend: killSandboxes,
})
