import { spawnSync } from 'node:child_process'
import { afterAll, describe, expect, it } from 'vitest'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { descendants, pidsOf } from '../support/descendants.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const made: Runtime[] = []

function make(change: Parameters<typeof localOptions>[0] = {}): Runtime {
  const runtime = subprocess(localOptions(change))
  made.push(runtime)
  return runtime
}

afterAll(async () => {
  await Promise.all(made.map((runtime) => runtime.close()))
})

describe('the pool', () => {
  it('gives a waiting sandbox to the third run of a kind, and never the same one twice', async () => {
    const runtime = make()
    const seen: string[] = []
    for (let index = 0; index < 5; index += 1) {
      const { exit } = await record(
        runtime,
        makeRequest(
          'bash',
          'n=$(cat /tmp/marker 2> /dev/null); echo x >> /tmp/marker; main() { result "\\"$n\\""; }',
        ),
      )
      seen.push(exit.result ?? '')
      await waitFor(() => pidsOf(/^\S*bash --norc/).length > 0 || index < 1, {
        what: 'a waiting sandbox',
      })
    }
    expect(seen).toEqual(Array.from({ length: 5 }, () => '""'))
  })

  it('survives the death of those that wait', async () => {
    const runtime = make({ pool: { floor: 1 } })
    await record(runtime, makeRequest('bash', 'true'))
    const shell = /^\S*bash --norc/
    const waiting = await waitFor(() => descendants().find(({ command }) => shell.test(command))?.parent, {
      what: 'a waiting sandbox',
    })
    process.kill(waiting, 'SIGKILL')
    const { exit } = await record(runtime, makeRequest('bash', 'main() { result 1; }'))
    expect([exit.result, exit.fault?.kind]).toSatisfy(
      ([result, kind]: [string | null, string | undefined]) => result === '1' || kind === 'runtime_error',
    )
    const next = await record(runtime, makeRequest('bash', 'main() { result 2; }'))
    expect(next.exit.result).toBe('2')
  })

  it('does not keep the process from ending', () => {
    const script = `
      import { subprocess } from ${JSON.stringify(new URL('../../src/runtimes/subprocess.ts', import.meta.url).href)}
      const runtime = subprocess({ path: process.env.PATH, requireIsolation: false, pool: { floor: 2 } })
      const request = ${JSON.stringify(makeRequest('bash', 'echo hi'))}
      await runtime.run(request, { signal: new AbortController().signal, onOutput() {}, onRunning() {} })
      await new Promise((resolve) => setTimeout(resolve, 150))`
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: process.env,
      timeout: 60_000,
    })
    expect([ended.status, ended.signal, String(ended.stderr)]).toEqual([0, null, ''])
  })
})

function countWaiting(): number {
  return pidsOf(/^\S*bash --norc/).length
}

describe('many kinds', () => {
  it('do not keep more waiting than one machine can bear, however many limits callers think of', async () => {
    await Promise.all(made.splice(0).map((other) => other.close()))
    const runtime = make()
    for (let kind = 0; kind < 30; kind += 1) {
      const limits = { pids: 40 + kind }
      for (let run = 0; run < 4; run += 1)
        expect((await record(runtime, makeRequest('bash', 'true', { limits }))).exit.fault).toBe(null)
    }
    await waitFor(() => countWaiting() <= 16, {
      what: 'at most 16 waiting sandboxes',
    })
    const { exit } = await record(runtime, makeRequest('bash', 'main() { result 1; }'))
    expect(exit.result).toBe('1')
  })
})
