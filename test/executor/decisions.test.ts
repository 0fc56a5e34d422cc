import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Limit } from '../../src/execution.ts'
import { createClock, toIso } from '../../src/executor/clock.ts'
import { fingerprintError } from '../../src/executor/fingerprint.ts'
import { findJsonFault, MAX_DEPTH, toJsonText } from '../../src/executor/json-text.ts'
import { decideOutcome } from '../../src/executor/outcome.ts'
import { findPolicyViolation } from '../../src/executor/policy-check.ts'
import { compileSchema } from '../../src/executor/schema-check.ts'
import { exitWith } from '../support/toy-executor.ts'
import { startProcessorTime } from '../support/processor-time.ts'

describe('outcome', () => {
  it('is success for a clean exit', () => {
    expect(decideOutcome(exitWith({}), null, 100)).toMatchObject({ outcome: 'success', errorType: null })
  })

  it("keeps a program's own exit 137 and its own SIGKILL a failure", () => {
    expect(decideOutcome(exitWith({ exitCode: 137 }), null, 100)).toMatchObject({
      outcome: 'failure',
      errorType: 'exit_code',
    })
    expect(decideOutcome(exitWith({ exitCode: null, signal: 'SIGKILL' }), null, 100)).toMatchObject({
      outcome: 'failure',
      errorType: 'exit_code',
    })
  })

  it.each<[Limit, string]>([
    ['memory', 'memory_limit'],
    ['cpu', 'cpu_limit'],
    ['pids', 'pids_limit'],
    ['disk', 'disk_limit'],
  ])('names a broken %s limit %s, also when the deadline ended the run', (limit, errorType) => {
    expect(decideOutcome(exitWith({ limit, exitCode: 1 }), null, 100)).toMatchObject({
      outcome: 'limit',
      errorType,
    })
    expect(
      decideOutcome(exitWith({ limit, exitCode: null, signal: 'SIGKILL' }), 'timeout', 100),
    ).toMatchObject({ outcome: 'limit', errorType })
  })

  it('lets the first cause of the executor win over what the exit looks like', () => {
    const killed = exitWith({ exitCode: null, signal: 'SIGKILL' })
    expect(decideOutcome(killed, 'timeout', 100)).toMatchObject({
      outcome: 'timeout',
      errorMessage: 'ran longer than 100 ms',
    })
    expect(decideOutcome(killed, 'cancelled', 100)).toMatchObject({ outcome: 'cancelled' })
    expect(decideOutcome(killed, 'output_limit', 100)).toMatchObject({
      outcome: 'limit',
      errorType: 'output_limit',
    })
  })

  it('tells a syntax error from an exception and keeps the stack', () => {
    const uncaught = { name: 'TypeError', message: 'no', stack: 'at main (user.js:2:3)' }
    expect(decideOutcome(exitWith({ exitCode: 1, uncaught }), null, 1)).toEqual({
      outcome: 'failure',
      errorType: 'exception',
      errorMessage: 'TypeError: no',
      errorStack: 'at main (user.js:2:3)',
    })
    expect(decideOutcome(exitWith({ exitCode: 1, uncaught, syntaxError: true }), null, 1).errorType).toBe(
      'syntax_error',
    )
  })

  it("calls the runtime's own trouble an error", () => {
    const fault = { kind: 'runtime_unavailable', message: 'bwrap is missing' } as const
    expect(decideOutcome(exitWith({ fault }), null, 1)).toMatchObject({
      outcome: 'error',
      errorType: 'runtime_unavailable',
      errorMessage: 'bwrap is missing',
    })
  })
})

describe('fingerprint', () => {
  it('is the same for errors that differ in ids, numbers, paths and line numbers only', () => {
    const one = fingerprintError('exception', 'user 17 not in /srv/a/b.json', 'at main (user.js:3:9)')
    const two = fingerprintError('exception', 'user 42 not in /home/x/c.json', 'at main (user.js:30:1)')
    expect(one).toBe(two)
    expect(one).toMatch(/^[0-9a-f]{16}$/)
  })

  it('differs by type, by words and by frame', () => {
    const all = [
      fingerprintError('exception', 'a', null),
      fingerprintError('exit_code', 'a', null),
      fingerprintError('exception', 'b', null),
      fingerprintError('exception', 'a', 'at main (user.js:3:9)'),
    ]
    expect(new Set(all).size).toBe(4)
  })
})

describe('JSON text', () => {
  it('writes any JSON value as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = toJsonText(value, 'input', 1e6)
        expect(JSON.parse(written.ok ? written.text : '')).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('names every value that JSON cannot carry, all at once', () => {
    const answer = toJsonText({ a: Number.NaN, b: 1n, c: undefined, d: [() => 1] }, 'input', 1e6)
    expect(answer).toMatchObject({ ok: false })
    expect(answer.ok ? [] : answer.issues.map((issue) => issue.path)).toEqual([
      'input.a',
      'input.b',
      'input.c',
      'input.0',
    ])
  })

  it('names a cycle', () => {
    const value: Record<string, unknown> = {}
    value['self'] = value
    expect(toJsonText(value, 'input', 1e6)).toMatchObject({ ok: false, issues: [{ path: 'input' }] })
  })
})

describe('policy', () => {
  it.each([
    ['javascript', "import fs from 'node:fs'"],
    ['javascript', 'const x = require("fs/promises")'],
    ['typescript', 'await import(`fs`)'],
    ['python', 'import json, fs.sub as y'],
    ['python', 'from fs import open'],
    ['python', "__import__('fs')"],
  ] as const)('finds a denied module in %s: %s', async (language, code) => {
    expect(await findPolicyViolation(code, language, { denyModules: ['fs'] })).toMatch(/^module fs/)
  })

  it('names every breach and lets the rest pass', async () => {
    expect(await findPolicyViolation('eval(x)', 'javascript', { denyPatterns: ['eval\\(', 'x'] })).toBe(
      'pattern eval\\( is denied; pattern x is denied',
    )
    expect(await findPolicyViolation("import a from 'fsx'", 'javascript', { denyModules: ['fs'] })).toBeNull()
  })
})

describe('what a caller could make endless', () => {
  const bomb = '^(a+)+$'
  const text = `${'a'.repeat(60)}!`

  /** Half of the time that the patterns get, in which this process would be held throughout. */
  const HELD_MAX_MS = 1000

  /** The check of a schema, and how long the process was held at most while `work` went on, ms. */
  async function heldBy<T>(work: () => T | Promise<T>): Promise<{ value: T; heldMs: number }> {
    let heldMs = 0
    let last = performance.now()
    const beat = setInterval(() => {
      heldMs = Math.max(heldMs, performance.now() - last)
      last = performance.now()
    }, 1)
    await new Promise((resolve) => setImmediate(resolve))
    const value = await work()
    heldMs = Math.max(heldMs, performance.now() - last)
    clearInterval(beat)
    return { value, heldMs }
  }
  async function checkOf(schema: unknown) {
    const compiled = await compileSchema(schema, 'inputSchema')
    if (compiled === null || !('check' in compiled)) throw new Error(JSON.stringify(compiled))
    return compiled.check
  }

  it('is cut short: denied patterns that do not end refuse the code, however many, and no other run waits', async () => {
    const denyPatterns = Array.from({ length: 20 }, (_, index) => `${bomb}|${index}$`)
    const { value, heldMs } = await heldBy(() => findPolicyViolation(text, 'bash', { denyPatterns }))
    expect(value).toMatch(/took longer than 2000 ms/u)
    expect(heldMs).toBeLessThan(HELD_MAX_MS)
  })

  it('is cut short: a schema whose pattern does not end is not met', async () => {
    const check = await checkOf({ type: 'string', pattern: bomb })
    const { value, heldMs } = await heldBy(() => check(JSON.stringify(text)))
    expect(value).toMatch(/took longer than 2000 ms/u)
    expect(heldMs).toBeLessThan(HELD_MAX_MS)
    expect(await check('"aaa"')).toBeNull()
  })

  it('is a value not met by a schema that leads back to itself', async () => {
    const check = await checkOf({ $ref: '#' })
    expect(await check('{}')).toMatch(/cannot be checked against its schema/u)
  })

  it('gets a thread where it is only slow: large schemas and values are compared completely', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `p${index}`)
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', pattern: '^a+$' }]))
    const slow = await checkOf({ properties })
    expect(await slow('{"p7":"a"}')).toBeNull()
    expect(await slow('{"p7":"b"}')).toBe('value/p7 must match pattern "^a+$"')
    const large = await checkOf({ items: { type: 'number' } })
    expect(await large(`[${'1,'.repeat(600_000)}"x"]`)).toBe('value/600000 must be number')
  })

  it('is refused by its size or depth', () => {
    const tooLarge = { description: 'x'.repeat(300_000) }
    expect(compileSchema(tooLarge, 'inputSchema')).toMatchObject({ issue: { path: 'inputSchema' } })
    const deep: unknown = JSON.parse(`${'{"not":'.repeat(50_000)}true${'}'.repeat(50_000)}`)
    expect(compileSchema(deep, 'inputSchema')).toMatchObject({ issue: { message: 'nested too deep' } })
  })

  it('is read in time that grows only with the code', async () => {
    const code = `import ${'a.'.repeat(500_000)}b\nimport fs.sub`
    const processorMs = startProcessorTime()
    expect(await findPolicyViolation(code, 'python', { denyModules: ['fs', 'a.b'] })).toBe(
      'module fs.sub is denied',
    )
    expect(processorMs()).toBeLessThan(2000)
  })
})

describe('depth', () => {
  it.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('of %s is counted outside of strings only', (open, close) => {
    const nested = (levels: number): string => `${open.repeat(levels)}1${close.repeat(levels)}`
    expect(findJsonFault(nested(MAX_DEPTH))).toBeNull()
    expect(findJsonFault(nested(MAX_DEPTH + 1))).toMatch(/deeper/)
    expect(findJsonFault(JSON.stringify(`"\\${nested(5000)}`))).toBeNull()
    expect(findJsonFault('"never ends'.padEnd(5000, '['))).toBeNull()
  })
})

describe('clock', () => {
  it('never runs backwards between two readings and writes nine digits', () => {
    const clock = createClock()
    const readings = Array.from({ length: 100 }, () => clock())
    expect(readings).toEqual([...readings].sort((a, b) => (a < b ? -1 : 1)))
    expect(toIso(1_700_000_000_123_456_789n)).toBe('2023-11-14T22:13:20.123456789Z')
  })
})
