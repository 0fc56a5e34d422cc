import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Limit } from '../../src/execution.ts'
import { createClock, toIso } from '../../src/executor/clock.ts'
import { fingerprintError } from '../../src/executor/fingerprint.ts'
import { toJsonText } from '../../src/executor/json-text.ts'
import { decideOutcome } from '../../src/executor/outcome.ts'
import { findPolicyBreach } from '../../src/executor/policy.ts'
import { compileSchema } from '../../src/executor/validation.ts'
import { exitWith } from '../support/toy-executor.ts'

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
        expect(toJsonText(value, 'input')).toEqual({ ok: true, text: JSON.stringify(value) })
      }),
    )
  })

  it('names every value that JSON cannot carry, all at once', () => {
    const answer = toJsonText({ a: Number.NaN, b: 1n, c: undefined, d: [() => 1] }, 'input')
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
    expect(toJsonText(value, 'input')).toMatchObject({ ok: false, issues: [{ path: 'input' }] })
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
  ] as const)('finds a denied module in %s: %s', (language, code) => {
    expect(findPolicyBreach(code, language, { denyModules: ['fs'] })).toMatch(/^module fs/)
  })

  it('names every breach and lets the rest pass', () => {
    expect(findPolicyBreach('eval(x)', 'javascript', { denyPatterns: ['eval\\(', 'x'] })).toBe(
      'pattern eval\\( is denied; pattern x is denied',
    )
    expect(findPolicyBreach("import a from 'fsx'", 'javascript', { denyModules: ['fs'] })).toBeNull()
  })
})

describe('what a caller could make endless', () => {
  const bomb = '^(a+)+$'
  const text = `${'a'.repeat(60)}!`

  it('is cut short: a denied pattern that does not end refuses the code', () => {
    expect(findPolicyBreach(text, 'bash', { denyPatterns: [bomb] })).toMatch(/took longer than 250 ms/u)
  })

  it('is cut short: a schema whose pattern does not end is not met', () => {
    const check = compileSchema({ type: 'string', pattern: bomb }, 'inputSchema', [])
    expect(check?.(text)).toMatch(/took longer than 250 ms/u)
    expect(check?.('aaa')).toBeNull()
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
