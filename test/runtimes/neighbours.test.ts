/** What runs of one organization leave to those of another: waiting sandboxes, compilers, the processors. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, getPriority } from 'node:os'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { processorUse, type Taken } from '../../src/runtimes/processor-use.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import type { PoolOptions } from '../../src/runtimes/sandbox/slots/warm-pool.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { stopCompiling } from '../../src/runtimes/transpile.ts'
import { pidsOf } from '../support/descendants.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const made: Runtime[] = []
const BUSY_LOOP = 'while True: pass'
const SLOW_CODE = Array.from({ length: 60_000 }, (_, i) => `export const a${i}: number = ${i}`).join('\n')
const TOO_SLOW_CODE = `enum E { a0 = 'xxxxxxxx'${Array.from({ length: 27 }, (_, i) => `, a${i + 1} = a${i} + a${i}`).join('')} }`
const SHARES = '/sys/fs/cgroup/cpu'

afterAll(async () => {
  await Promise.all(made.map((runtime) => runtime.close()))
  await stopCompiling()
})

function make(pool: PoolOptions): Runtime {
  const runtime = subprocess(localOptions({ pool }))
  made.push(runtime)
  return runtime
}

function run(
  runtime: Runtime,
  organizationId: string,
  [language, code]: readonly [Language, string],
  signal = new AbortController().signal,
): Promise<Recording> {
  const limits = { timeoutMs: language === 'typescript' ? 1000 : 5000 }
  return record(runtime, makeRequest(language, code, { organizationId, limits }), { signal })
}

/** Has an organization keep every processor busy until the signal. */
function occupy(runtime: Runtime, organizationId: string, signal: AbortSignal): Promise<Recording[]> {
  const loops = Array.from({ length: availableParallelism() }, () =>
    run(runtime, organizationId, ['python', BUSY_LOOP], signal),
  )
  return Promise.all(loops)
}

/** Makes an organization one that took far more processor time than another. */
function makeHeavy(organizationId: string): void {
  processorUse.begin('active beside it')
  processorUse.end('active beside it', { cpuMs: 0, timeMs: 0 })
  processorUse.begin(organizationId)
  processorUse.end(organizationId, { cpuMs: 30_000, timeMs: 30_000 })
  expect(processorUse.weigh(organizationId)).toBe('heavy')
}

const waitingShells = (): number[] => pidsOf(/^\S*bash --norc/)

function waitForShell(): Promise<number> {
  return waitFor(() => waitingShells()[0], { what: 'a waiting sandbox' })
}

describe('what a run and a compilation take', () => {
  it("counts as their organization's", async () => {
    const runtime = make({ cap: 0 })
    using added = vi.spyOn(processorUse, 'add')
    const sum = (of: string, what: keyof Taken): number =>
      added.mock.calls.reduce((ms, [id, taken]) => (id === of ? ms + taken[what] : ms), 0)
    await run(runtime, 'running', ['python', 'import time\nwhile time.process_time() < 0.2: pass'])
    expect(sum('running', 'cpuMs')).toBeGreaterThan(180)
    expect(sum('running', 'timeMs')).toBeGreaterThan(180)
    await run(runtime, 'compiling', ['typescript', TOO_SLOW_CODE])
    expect(sum('compiling', 'cpuMs')).toBeGreaterThan(250)
    await made.pop()?.close()
  })

  it('makes it heavy while its first programs still run', async () => {
    const runtime = make({ cap: 0 })
    const stop = new AbortController()
    await run(runtime, 'honest', ['bash', 'true'])
    let isOver = false
    const busy = occupy(runtime, 'first busy', stop.signal).finally(() => (isOver = true))
    await waitFor(() => isOver || processorUse.weigh('first busy') === 'heavy', {
      what: 'a heavy organization',
    })
    expect(isOver).toBe(false)
    stop.abort()
    await busy
    await made.pop()?.close()
  })
})

describe('sandboxes that wait', () => {
  it('are started for an organization while another keeps all processors busy', async () => {
    const runtime = make({ cap: 1 })
    const stop = new AbortController()
    const busy = occupy(runtime, 'busy', stop.signal)
    for (let turn = 0; turn < 3; turn += 1) await run(runtime, 'honest', ['bash', 'true'])
    expect(await waitForShell()).toBeGreaterThan(0)
    stop.abort()
    await busy
    await made.pop()?.close()
  })

  it('are left, down to the last, to those who do not take far more than others', async () => {
    const runtime = make({ floor: 1, cap: 1 })
    await run(runtime, 'modest', ['bash', 'true'])
    const waiting = await waitForShell()
    makeHeavy('greedy')
    const greedy = await run(runtime, 'greedy', ['bash', 'main() { result 1; }'])
    expect(greedy.exit.result).toBe('1')
    expect(waitingShells()).toContain(waiting)
    const modest = await run(runtime, 'modest', ['bash', 'main() { result 2; }'])
    expect(modest.exit.result).toBe('2')
    expect(waitingShells()).not.toContain(waiting)
    await made.pop()?.close()
  })
})

/** Shares of the processors that the slots of this test's sandboxes have now. */
function slotShares(): number[] {
  const launchers = pidsOf(/launcher\.pl/)
  return readdirSync(SHARES)
    .filter((name) => launchers.some((pid) => name.startsWith(`exectrail-${pid}-`)))
    .map((name) => Number(readFileSync(`${SHARES}/${name}/cpu.shares`, 'utf8')))
}

describe('a run of an organization that takes far more than others', () => {
  it.skipIf(!existsSync(`${SHARES}/cpu.shares`))(
    'has a reduced share of the processors from its start',
    async () => {
      const runtime = make({ cap: 0 })
      makeHeavy('hungry')
      expect(slotShares()).not.toContain(128)
      const stop = new AbortController()
      const running = run(runtime, 'hungry', ['bash', 'sleep 20'], stop.signal)
      await waitFor(() => slotShares().includes(128), { what: 'a reduced share' })
      stop.abort()
      await running
      await waitFor(() => !slotShares().includes(128), { what: 'the normal share' })
      await made.pop()?.close()
    },
  )
})

describe('the output of an organization that takes far more than others', () => {
  it('is read slowly, and counted as ever', async () => {
    const runtime = make({ cap: 0 })
    makeHeavy('talker')
    const { stdoutBytes } = await run(runtime, 'talker', ['bash', 'head -c 20000000 /dev/zero'])
    expect(stdoutBytes).toBe(20_000_000)
    const endless = await run(runtime, 'talker', ['bash', 'timeout 1 yes'])
    expect(endless.stdoutBytes).toBeLessThan(150_000_000)
    await made.pop()?.close()
  })
})

const compilers = (): number[] => pidsOf(/compile\/main\.ts/)

describe('compilers', () => {
  it('are more than the one at work while several organizations have code compiled', async () => {
    const runtime = make({ cap: 0 })
    const honest = ['typescript', 'export const main = (): number => 1'] as const
    await run(runtime, 'one', honest)
    await run(runtime, 'other', honest)
    const count = await waitFor(() => compilers().length > 1 && compilers().length, {
      what: 'a second compiler',
    })
    expect(count).toBe(2)
    await made.pop()?.close()
  })

  it('give way while they serve an organization that takes far more than others, and are as before after it', async () => {
    const runtime = make({ cap: 0 })
    await run(runtime, 'one', ['typescript', 'export const main = (): number => 1'])
    const isReduced = (): boolean => compilers().some((pid) => getPriority(pid) > getPriority())
    expect(isReduced()).toBe(false)
    makeHeavy('slow')
    const slow = run(runtime, 'slow', ['typescript', SLOW_CODE])
    await waitFor(isReduced, { what: 'a compiler of a reduced share' })
    await slow
    expect(compilers().map((pid) => getPriority(pid))).toEqual(compilers().map(() => getPriority()))
    await made.pop()?.close()
  })
})
