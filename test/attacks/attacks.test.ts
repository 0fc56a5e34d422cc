import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Language, RuntimeName } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { localOptions } from '../support/local-runtime.ts'
import { toyExecutor } from '../support/toy-executor.ts'
import { waitFor } from '../support/wait.ts'
import type { Attack } from './attack.ts'
import { BASH_ATTACKS } from './bash.ts'
import { setOutCanaries, type Canaries } from './canaries.ts'
import { EVIDENCE_ATTACKS } from './evidence.ts'
import { JAVASCRIPT_ATTACKS, TYPESCRIPT_ATTACKS } from './javascript.ts'
import { PYTHON_ATTACKS } from './python.ts'
import { VM2_ATTACKS } from './vm2.ts'

const ATTACKS: readonly Attack[] = [
  ...JAVASCRIPT_ATTACKS,
  ...TYPESCRIPT_ATTACKS,
  ...PYTHON_ATTACKS,
  ...BASH_ATTACKS,
  ...VM2_ATTACKS,
  ...EVIDENCE_ATTACKS,
]

/** Where the user ids of slots begin: 256 for each launcher, by its process id. */
const SLOT_USERS = 0x20000000

const CLEAN: Record<Language, string> = {
  javascript: 'exports.main = (input) => input.n + 1',
  typescript: 'export const main = (input: { n: number }): number => input.n + 1',
  python: 'def main(input):\n    return input["n"] + 1',
  bash: 'main() {\n  result 42\n}',
}

const runtimes: Partial<Record<RuntimeName, Runtime>> = {}
let canaries: Canaries

function runtimeOf(attack: Attack): Runtime {
  const runtime = runtimes[attack.runtime]
  if (runtime === undefined) throw new Error(`no runtime ${attack.runtime}`)
  return runtime
}

beforeAll(async () => {
  runtimes.subprocess = subprocess(localOptions())
  runtimes.vm2 = vm2(localOptions())
  canaries = await setOutCanaries()
  const { isolation } = await runtimes.subprocess.check()
  expect(isolation, 'the attacks need a host that grants namespaces').toBe('namespace')
})

afterAll(async () => {
  await Promise.all(Object.values(runtimes).map((runtime) => runtime.close()))
  await canaries.close()
})

describe('hostile code', () => {
  it('is tried in at least eighty ways', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(80)
    expect(new Set(ATTACKS.map(({ language }) => language)).size).toBe(4)
  })

  it.each(ATTACKS)('$runtime $language tries $tries', async (attack) => {
    const executor = toyExecutor(runtimeOf(attack))
    const code = typeof attack.code === 'string' ? attack.code : attack.code(canaries)
    const { runtime, language } = attack
    const result = await executor.execute({ runtime, language, code, ...attack.request })
    const seen = result.errorType === null ? result.outcome : `${result.outcome}/${result.errorType}`
    expect(
      attack.expect,
      `${result.errorMessage} ${result.stdout.slice(0, 300)} ${result.stderr.slice(0, 600)}`,
    ).toContain(seen)
    canaries.check(result)
    attack.proves?.(result, canaries)
    const after = await executor.execute({ runtime, language, code: CLEAN[language], input: { n: 41 } })
    expect(after).toMatchObject({ outcome: 'success', result: 42, stdout: '', stderr: '' })
  })

  it('leaves no process behind', async () => {
    await Promise.all(Object.values(runtimes).map((runtime) => runtime.close()))
    await waitFor(() => strays().length === 0, { what: 'all processes to be gone' })
    expect(strays()).toEqual([])
  })
})

/** Processes under the user id of a slot whose launcher has gone. */
function strays(): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    const user = userOf(name)
    return user >= SLOT_USERS && !existsSync(`/proc/${Math.floor((user - SLOT_USERS) / 256)}`)
  })
}

function userOf(pid: string): number {
  try {
    return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0 // gone while we looked
  }
}
