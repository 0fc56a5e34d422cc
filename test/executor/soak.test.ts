import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { descendants } from '../support/descendants.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'

const RUNS = 200
const local = (language: ExecutionRequest['language'], code: string): ExecutionRequest => ({
  runtime: 'subprocess',
  language,
  code,
})

/** Endings that could leave something behind, each with what is true of it. */
const KINDS: readonly (readonly [ending: string, request: ExecutionRequest])[] = [
  ['success', local('python', 'def main(input): return 1')],
  ['success', local('bash', '(setsid sleep 300 &); echo left > /out/x')],
  ['failure/exit_code', local('bash', 'exit 137')],
  ['failure/exception', local('python', 'raise ValueError("no")')],
  [
    'timeout/timeout',
    { ...local('bash', 'trap "" TERM; setsid sleep 300 & sleep 300'), limits: { timeoutMs: 50 } },
  ],
  ['limit/memory_limit', { ...local('python', 'x = b"x" * (1 << 30)'), limits: { memoryMb: 48 } }],
  ['limit/pids_limit', { ...local('bash', 'b() { b | b & }; b; sleep 30'), limits: { pids: 24 } }],
  ['success', local('typescript', `// ${'x'.repeat(5000)}\nexport const main = (): number => 1`)],
]

const mounts = (): number => readFileSync('/proc/self/mountinfo', 'utf8').split('\n').length
const descriptors = (): number => readdirSync('/proc/self/fd').length

describe('many runs of every ending', () => {
  it('leave no process, mount or descriptor behind', async () => {
    await using home = await temporaryDirectory()
    const before = {
      pids: new Set(descendants().map(({ pid }) => pid)),
      mounts: mounts(),
      fds: descriptors(),
    }
    const executor = await createExecutor({
      config: loadConfig({ ...process.env, EXECTRAIL_HOME: home.path }),
    })
    const wrong: string[] = []
    let next = 0
    const lane = async (): Promise<void> => {
      while (next < RUNS) {
        const [ending, request] = KINDS[next++ % KINDS.length] ?? ['', local('bash', '')]
        const { outcome, errorType, errorMessage } = await executor.execute(request)
        const seen = errorType === null ? outcome : `${outcome}/${errorType}`
        if (seen !== ending) wrong.push(`${seen} instead of ${ending}: ${errorMessage}`)
      }
    }
    await Promise.all([lane(), lane()])
    const mine = descendants().filter(({ pid }) => !before.pids.has(pid))
    expect(mine.filter(({ command }) => command.includes('sleep 300'))).toEqual([])
    await executor.close(0)
    expect(wrong).toEqual([])
    await waitFor(() => mine.every(({ pid }) => !existsSync(`/proc/${pid}`)), {
      what: () => `all processes to be gone: ${mine.map(({ command }) => command).join('; ')}`,
    })
    expect(mounts()).toBe(before.mounts)
    await waitFor(() => descriptors() <= before.fds, {
      what: () => `no more descriptors than before: ${descriptors()}, ${before.fds} before`,
    })
  })
})
