import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidRequestError } from '../../src/errors.ts'
import { sha256Of } from '../../src/registry/canonical-hash.ts'
import { canonicalJson } from '../../src/registry/canonical-json.ts'
import { readDefinition, type AgentDefinitionInput } from '../../src/registry/definition.ts'
import { startProcessorTime } from '../support/processor-time.ts'

const SUMMER: AgentDefinitionInput = {
  name: 'acme/summer',
  version: '1.2.0',
  description: 'Adds numbers',
  language: 'javascript',
  code: 'function main({ xs }) { return xs.reduce((sum, x) => sum + x, 0) }',
  runtimes: ['subprocess', 'vm2'],
  license: 'Apache-2.0',
}

function issuesOf(value: unknown): Record<string, string> {
  try {
    readDefinition(value)
    return {}
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error
    return Object.fromEntries(error.issues.map(({ path, message }) => [path, message]))
  }
}

describe('the definition of a code agent', () => {
  test('fills in what is left out and keeps the rest as it is', () => {
    expect(readDefinition({ ...SUMMER, language: 'js' })).toEqual({
      ...SUMMER,
      examples: [],
      readme: '',
      topics: [],
    })
  })

  test('names every issue at once, each with its place', () => {
    const issues = issuesOf({
      ...SUMMER,
      name: 'Acme/summer',
      version: '1.2',
      description: 'right\u202eto left',
      runtimes: ['subprocess', 'subprocess'],
      files: [{ path: '../escape', content: '' }],
      license: 'no license',
      topics: ['Two Words'],
      source: { repository: 'javascript:alert(1)', commit: 'HEAD' },
      inputSchema: 'none',
      price: 3,
    })
    expect(Object.keys(issues).sort()).toEqual([
      'description',
      'files.0.path',
      'inputSchema',
      'license',
      'name',
      'price',
      'runtimes',
      'source.commit',
      'source.repository',
      'topics.0',
      'version',
    ])
  })

  test.each([
    ['a readme over 64 KiB', { readme: 'é'.repeat(40_000) }, 'readme'],
    ['a schema over 256 KiB', { inputSchema: { enum: ['x'.repeat(300_000)] } }, 'inputSchema'],
    ['51 examples', { examples: Array.from({ length: 51 }, (_, at) => ({ name: `${at}` })) }, 'examples'],
    ['two examples of one name', { examples: [{ name: 'a' }, { name: 'a' }] }, 'examples'],
    ['11 topics', { topics: 'abcdefghijk'.split('') }, 'topics'],
    ['over 8 MiB in all', { files: [{ path: 'a', content: 'x'.repeat(9_000_000) }] }, ''],
    ['NUL in the code', { code: 'a\0b' }, 'code'],
    [
      'half of a surrogate pair in an example',
      { examples: [{ name: 'a', input: ['\ud800'] }] },
      'examples.0.input.0',
    ],
    ['an infinite number', { examples: [{ name: 'a', input: Infinity }] }, 'examples.0.input'],
  ])('refuses %s', (_, change, path) => {
    expect(Object.keys(issuesOf({ ...SUMMER, ...change }))).toEqual([path])
  })

  test('refuses names that reach the prototype of an object, wherever they are', () => {
    const schema: unknown = JSON.parse('{"properties": {"__proto__": {"type": "string"}}}')
    expect(issuesOf({ ...SUMMER, inputSchema: schema })).toEqual({
      'inputSchema.properties.__proto__': 'this name cannot be used',
    })
  })

  test('reads deep, wide and cyclic values in bounded time', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const doubling = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner, inner], 1)
    const wide = Array.from({ length: 3_000_000 }, () => 0)
    const processorMs = startProcessorTime()
    for (const value of [deep, cyclic, doubling, wide])
      expect(issuesOf({ ...SUMMER, inputSchema: { enum: value } })).not.toEqual({})
    expect(processorMs()).toBeLessThan(2000)
  })

  test('never throws anything but issues, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        expect(() => readDefinition(value)).toThrow(InvalidRequestError)
        expect(issuesOf({ ...SUMMER, inputSchema: value, examples: value })).toBeTypeOf('object')
      }),
    )
  })
})

describe('the canonical text', () => {
  test('is that of RFC 8785', () => {
    const value = { '\u20ac': 1, '\r': 'é\n', 1: [1e21, 0.002, -0, 1e-7], '\u{1f600}': null, a: { b: true } }
    expect(canonicalJson(value)).toBe(
      '{"\\r":"é\\n","1":[1e+21,0.002,0,1e-7],"a":{"b":true},"€":1,"\u{1f600}":null}',
    )
  })

  test('is the same whatever the order of members, and reads back as the value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(turned)).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('differs where the definition differs', () => {
    const definition = readDefinition(SUMMER)
    expect(sha256Of(definition)).toMatch(/^[0-9a-f]{64}$/)
    expect(sha256Of(readDefinition({ ...SUMMER, code: `${SUMMER.code} ` }))).not.toBe(sha256Of(definition))
  })
})
