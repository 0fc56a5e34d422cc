/** What comes of a run when a part of what holds it is killed: never the program's fault, and nothing is left. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import type { LocalOptions } from '../../src/runtimes/sandbox/options.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { descendants } from '../support/descendants.ts'
import { FORK_SERVER } from '../support/forking.ts'
import { localOptions } from '../support/local-runtime.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

type Process = ReturnType<typeof descendants>[number]
type Find = (all: readonly Process[]) => Process[]

/** Those of the processes that answer to `pattern` and whose parent does not. */
const outermost =
  (pattern: RegExp): Find =>
  (all) => {
    const found = all.filter(({ command }) => pattern.test(command))
    const pids = new Set(found.map(({ pid }) => pid))
    return found.filter(({ parent }) => !pids.has(parent))
  }

const slots = outermost(/^exectrail slot/)
const forkServers = outermost(FORK_SERVER)
const childrenOf =
  (find: Find): Find =>
  (all) => {
    const parents = new Set(find(all).map(({ pid }) => pid))
    return all.filter(({ parent }) => parents.has(parent))
  }

/** Not the child by which a new fork server tries itself: that one has none of its own. */
const forkedRuns: Find = (all) => {
  const parents = new Set(all.map(({ parent }) => parent))
  return childrenOf(forkServers)(all).filter(({ pid }) => parents.has(pid))
}

const COLD: Record<string, Find> = {
  launcher: outermost(/\/launcher\.pl /),
  slot: slots,
  bubblewrap: childrenOf(slots),
  supervisor: outermost(/^(?!\S*bwrap ).*supervisor\.pl /),
}
const FORKED: Record<string, Find> = {
  launcher: outermost(/\/launcher\.pl /),
  slot: slots,
  'fork server': forkServers,
  supervisor: forkedRuns,
}

const STAYS: Record<Language, string> = {
  javascript: 'setInterval(() => {}, 50)\nexports.main = () => new Promise(() => {})',
  typescript: 'setInterval((): void => {}, 50)',
  python: 'import time\ntime.sleep(60)',
  bash: 'setsid sleep 60 &\nsleep 60',
}
const ANSWERS: Record<Language, string> = {
  javascript: 'exports.main = () => 1',
  typescript: 'export const main = (): number => 1',
  python: 'def main(input):\n    return 1',
  bash: 'main() { result 1; }',
}

/** TypeScript runs as JavaScript. */
const COMPILED = [
  ['subprocess', 'typescript'],
  ['vm2', 'typescript'],
] as const
const CASES = [
  ['subprocess', 'javascript'],
  ['subprocess', 'python'],
  ['subprocess', 'bash'],
  ['vm2', 'javascript'],
  ...(IS_LONG_FORM ? COMPILED : []),
] as const

const launchers = new Set<number>()
const took: number[] = []

function make(name: 'subprocess' | 'vm2', change: Partial<LocalOptions>): Runtime {
  const options = localOptions({ pool: { cap: 0 }, ...change })
  return name === 'vm2' ? vm2(options) : subprocess(options)
}

/** Kills what `find` finds once the program runs; how the run ended. Waits until none of its processes lives. */
async function lose(runtime: Runtime, language: Language, find: Find, how: 'cold' | 'forked') {
  let killedAt = 0
  let held: Process[] = []
  let killed: Process[] = []
  await waitFor(() => COLD['supervisor']?.(descendants()).length === 0, {
    what: 'the end of the sandbox before',
  })
  const giveUp = new AbortController()
  const { exit } = await record(runtime, makeRequest(language, STAYS[language]), {
    signal: AbortSignal.any([giveUp.signal, AbortSignal.timeout(60_000)]),
    onRunning: () => {
      const all = descendants()
      for (const { pid } of COLD['launcher']?.(all) ?? []) launchers.add(pid)
      if (how === 'forked' && forkedRuns(all).length === 0) return giveUp.abort()
      killed = find(all)
      held = all.filter(({ command }) => /sleep 60|\.cjs|supervisor\.|main\.py/.test(command))
      killedAt = performance.now()
      for (const { pid } of killed) process.kill(pid, 'SIGKILL')
    },
  })
  await waitFor(() => !held.some(({ pid }) => lives(pid)), {
    what: () => `the end of ${JSON.stringify(held.filter(({ pid }) => lives(pid)))}`,
  })
  if (killed.length > 0) took.push(performance.now() - killedAt)
  return { exit, killed: killed.length }
}

function lives(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** The exit of a run that lost a part, and of the run after it. */
async function loseOne(runtime: Runtime, language: Language, find: Find, how: 'cold' | 'forked') {
  const { exit } = await waitFor(
    async () => {
      const lost = await lose(runtime, language, find, how)
      return lost.killed > 0 && lost
    },
    { what: `a ${how} run` },
  )
  const next = await record(runtime, makeRequest(language, ANSWERS[language]))
  return { exit, next: next.exit }
}

const LOSS = {
  exit: {
    fault: {
      kind: 'runtime_error',
      message: expect.stringContaining('while the program ran') as string,
    },
    signal: null,
    exitCode: null,
    uncaught: null,
    limit: null,
    result: null,
  },
  next: { result: '1', exitCode: 0, fault: null },
}

describe.each(CASES)('%s %s is not blamed for the death of', (name, language) => {
  describe('its own', () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = make(name, { forkServer: 'off' })
    })
    afterAll(() => runtime.close())

    it.each(Object.entries(COLD))('%s', async (_part, find) => {
      expect(await loseOne(runtime, language, find, 'cold')).toMatchObject(LOSS)
    })
  })

  describe('the forked', () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = make(name, {})
    })
    afterAll(() => runtime.close())

    it.each(Object.entries(FORKED))('%s', async (_part, find) => {
      await record(runtime, makeRequest(language, ANSWERS[language]))
      expect(await loseOne(runtime, language, find, 'forked')).toMatchObject(LOSS)
    })
  })
})

describe('after all of that', () => {
  it('the ends were quick', () => {
    // The suite shares its cores, so a few may be held up by others.
    expect(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)], took.join(' ')).toBeLessThan(100)
  })

  it('no control group is left', () => {
    expect(launchers.size).toBeGreaterThan(CASES.length)
    const groups = execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '9', '-name', 'exectrail-*'], {
      encoding: 'utf8',
    })
    expect(
      groups.split('\n').filter((path) => launchers.has(Number(/exectrail-(\d+)-/.exec(path)?.[1]))),
    ).toEqual([])
  })
})
