import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidRequestError } from '../../src/errors.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { findJsonFault, toJsonText } from '../../src/executor/json-text.ts'
import { normalizeRequest } from '../../src/executor/normalize.ts'
import { compileSchema } from '../../src/executor/schema-check.ts'
import { attributesJson } from '../../src/telemetry/record/otlp-json.ts'
import { cutHead, cutMiddle } from '../../src/telemetry/safe-values.ts'
import { exitWith, toyRuntime } from '../support/toy-executor.ts'
import { BUDGET_MS, fuzz, textOf } from './fuzz.ts'

const runtime = toyRuntime(() => Promise.resolve(exitWith()))
const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true })

describe('a request', () => {
  const field = fc.constantFrom(
    'code',
    'input',
    'env',
    'files',
    'limits',
    'context',
    'network',
    'policy',
    'usage',
  )
  const other = fc.constantFrom(
    'inputSchema',
    'idempotencyKey',
    'attempt',
    '__proto__',
    'constructor',
    'toJSON',
  )

  it('of anything is settled or refused as not valid', () =>
    fuzz(
      fc.asyncProperty(fc.dictionary(fc.oneof(field, other), anything), async (part) => {
        const request = { runtime: runtime.name, language: 'javascript', code: '1', ...part }
        try {
          const normalized = await normalizeRequest(request as ExecutionRequest, () => runtime)
          expect(normalized.limits.timeoutMs).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRequestError)
        }
      }),
    ))
})

describe('JSON', () => {
  it('of a value is what JSON.stringify makes of it, or there is a reason', () =>
    fuzz(
      fc.property(anything, (value) => {
        const text = toJsonText(value, 'input', 100_000)
        if (text.ok) expect(() => void JSON.parse(text.text)).not.toThrow()
        else expect(text.issues.length).toBeGreaterThan(0)
      }),
    ))

  it('of any text is looked through to its end, and nothing is found in what JSON carries', () =>
    fuzz(
      fc.property(
        textOf(['[', ']', '{', '}', '"', '\\', '1e', '9', '.', '-', ',', ':', 'null', '__proto__']),
        (text) => {
          const fault = findJsonFault(text)
          const value = parse(text)
          if (value === undefined || fault === null) return
          expect(fault).toMatch(/nested deeper|JSON readers take none/u)
        },
      ),
    ))
})

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

describe('a schema', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    'pattern',
    'enum',
    '$ref',
    'anyOf',
    'not',
    '$defs',
    '$id',
  )
  const word = fc.constantFrom<unknown>('object', 'array', '#', '#/$defs/a', '^(a+)+$', true, {}, [], 1, null)
  const { schema } = fc.letrec((tie) => ({
    schema: fc.dictionary(keyword, fc.oneof(word, tie('schema'), fc.array(tie('schema'), { maxLength: 3 })), {
      maxKeys: 5,
    }),
  }))

  it('of any keywords is compiled or refused, and holds any value in time', () =>
    fuzz(
      fc.asyncProperty(schema, fc.json(), async (given, value) => {
        const since = performance.now()
        const compiled = await compileSchema(given, 'inputSchema')
        if (compiled !== null && 'check' in compiled) await compiled.check(value)
        expect(performance.now() - since).toBeLessThan(10_000)
      }),
      // One that is slow has a worker of its own, which takes seconds.
      3 * BUDGET_MS,
    ))
})

describe('OTLP text', () => {
  it('of any attributes is JSON without half characters', () =>
    fuzz(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), anything), (attributes) => {
        const text = attributesJson(attributes)
        expect(() => void JSON.parse(text)).not.toThrow()
        expect(JSON.stringify(JSON.parse(text)).isWellFormed()).toBe(true)
      }),
    ))

  it('is cut at whole characters and never longer than asked', () =>
    fuzz(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.nat(300), (text, most) => {
        for (const cut of [cutHead(text, most), cutMiddle(text, most)]) expect(cut.isWellFormed()).toBe(true)
        expect(Buffer.byteLength(cutHead(text, most))).toBeLessThanOrEqual(Math.max(most, 0))
      }),
    ))
})
