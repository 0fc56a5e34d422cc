/** Code that hurts the compiler hurts its own run: the executor goes on, and so do the runs of others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import type { ExecutionRequest, ExecutionResult, RuntimeName } from '../../src/execution.ts'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import { descendants } from '../support/descendants.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { longestTurn } from '../support/event-loop.ts'
import { recordingTrail } from '../support/recording-trail.ts'

const TIMEOUT_MS = 1500
/** ms the event loop may be away. */
const TURN_MAX_MS = 250

let home: Awaited<ReturnType<typeof temporaryDirectory>>
let executor: Executor

beforeAll(async () => {
  home = await temporaryDirectory()
  const config = loadConfig({ PATH: process.env['PATH'], EXECTRAIL_HOME: home.path })
  executor = await createExecutor({ config, trail: recordingTrail() })
  await honestRun('before')
})

afterAll(async () => {
  await executor.close()
  await home[Symbol.asyncDispose]()
})

function run(
  code: string,
  organizationId: string,
  change: Partial<ExecutionRequest> = {},
): Promise<ExecutionResult> {
  return executor.execute({
    runtime: 'subprocess',
    language: 'typescript',
    code,
    limits: { timeoutMs: TIMEOUT_MS },
    context: { organizationId },
    ...change,
  })
}

/** Over 4 KiB, so that no path for small programs serves it. */
function honestRun(organizationId: string, runtime: RuntimeName = 'subprocess'): Promise<ExecutionResult> {
  const code = `enum Step { one = 1 }\nexport const main = (n: number): number => n + Step.one\n//${'x'.repeat(5000)}`
  return run(code, organizationId, { input: 41, runtime, limits: { timeoutMs: 30_000 } })
}

function doublings(count: number): string {
  const members = Array.from({ length: count }, (_, index) => `a${index + 1} = a${index} + a${index}`)
  return `enum E { a0 = 'xxxxxxxx', ${members.join(', ')} }\nexport const main = () => 1`
}

const DECORATED = 'const seen = (value: unknown) => value\n@seen class Decorated {}\n'
const HOSTILE: [name: string, code: string][] = [
  ['an enum that doubles beyond memory', doublings(27)],
  ['an enum that doubles beyond what may be compiled', doublings(22)],
  ['a decorated one', `${DECORATED}${doublings(27)}`],
  ['lists nested in lists', `export const z = ${'['.repeat(1_500_000)}${']'.repeat(1_500_000)}`],
  ['decorated lists nested in lists', `${DECORATED}z = ${'['.repeat(1_500_000)}${']'.repeat(1_500_000)}`],
  ['statements nested in statements', `${'if(1)'.repeat(20_000)}1`],
  ['functions nested in functions', `export const f = ${'(a: any) => '.repeat(100_000)}1`],
  ['a sum of a million terms', `x = ${'a + '.repeat(1_000_000)}1`],
  [
    'types nested in types',
    `type T = ${'Array<'.repeat(200_000)}1${'>'.repeat(200_000)}\nexport const main = () => 1`,
  ],
  ['templates nested in templates', `x = ${'`${'.repeat(100_000)}1${'}`'.repeat(100_000)}`],
  ['an operator over and over', `x = ${'!'.repeat(2_000_000)}1`],
]

const ON_VM2 = HOSTILE.filter((_, index) => index % 4 === 0)

describe.each([
  ['subprocess', HOSTILE],
  ['vm2', ON_VM2],
] as const)('%s', (runtime, hostile) => {
  it.each(hostile)('%s ends its own run in time, in words, and delays no other', async (_name, code) => {
    let results: ExecutionResult[] = []
    const began = performance.now()
    const awayMs = await longestTurn(async () => {
      results = await Promise.all([
        run(code, 'attacker', { runtime }),
        run(code, 'attacker', { runtime }),
        honestRun('victim'),
      ])
    })
    const [ended, , honest] = results
    expect(honest).toMatchObject({ outcome: 'success', result: 42 })
    expect(ended?.outcome).toMatch(/^(?:failure|limit|timeout|success)$/u)
    expect(ended?.errorMessage ?? '').not.toMatch(/exectrail failed|service|goroutine|panic/u)
    expect(performance.now() - began).toBeLessThan(20 * TIMEOUT_MS)
    expect(awayMs).toBeLessThan(TURN_MAX_MS)
  })
})

describe('the outcome', () => {
  it('of code that is nested too deeply is a syntax error that says so', async () => {
    const code = `export const z = ${'['.repeat(1_500_000)}${']'.repeat(1_500_000)}`
    expect(await run(code, 'attacker', { limits: { timeoutMs: 30_000 } })).toMatchObject({
      outcome: 'failure',
      errorType: 'syntax_error',
      errorMessage: 'SyntaxError: the code is nested too deeply to be compiled',
      durationMs: 0,
    })
  })

  it('of code that takes the compiler too much memory is a memory limit', async () => {
    expect(await run(doublings(27), 'attacker', { limits: { timeoutMs: 30_000 } })).toMatchObject({
      outcome: 'limit',
      errorType: 'memory_limit',
      errorMessage: expect.stringContaining('compiling the code takes too much memory'),
    })
  })

  it('of code that grows too large is a failure that says so', async () => {
    expect(await run(doublings(22), 'attacker', { limits: { timeoutMs: 30_000 } })).toMatchObject({
      outcome: 'failure',
      errorMessage: expect.stringMatching(/larger than \d+ bytes once it is compiled/u),
    })
  })

  it('of a compiler killed from outside is that of the code, by another compiler', async () => {
    const slow = honestRun('victim')
    const compilers = descendants().filter(({ command }) => command.includes('compile/main.ts'))
    expect(compilers.length).toBeGreaterThan(0)
    for (const { pid } of compilers) process.kill(pid, 'SIGKILL')
    expect(await slow).toMatchObject({ outcome: 'success', result: 42 })
  })

  it('of a run cancelled while its code is compiled is cancelled', async () => {
    const cancel = new AbortController()
    const work = run(doublings(27), 'attacker', { signal: cancel.signal })
    setTimeout(() => cancel.abort(), 50)
    expect(await work).toMatchObject({ outcome: 'cancelled' })
  })
})

describe('a closed executor', () => {
  it('leaves no compiler behind', async () => {
    await honestRun('victim')
    await executor.close()
    expect(descendants().filter(({ command }) => command.includes('compile/main.ts'))).toEqual([])
  })
})
