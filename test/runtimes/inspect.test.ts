/** The console of QuickJS and vm2 shows values as Node's own does, which stands beside it here. */
import { format as nodeFormat, inspect as nodeInspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const GUEST = '../../src/runtimes/quickjs/javascript'
const { inspect }: { inspect: typeof nodeInspect } = await import(`${GUEST}/inspect.js`)
const { format }: { format: typeof nodeFormat } = await import(`${GUEST}/format.js`)

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_128)
const numRuns = Number(process.env['DIFFERENTIAL_RUNS'] ?? 2000)

const UNITS = ['a', 'b', 'z', '"', "'", '`', '\\', '\n', '\u0007', 'é', '日', '😀', '$', '{', ' ', '\ud800']

/** Characters of one column and of two; how wide the others are only ICU knows. */
const text = fc.string({
  unit: fc.constantFrom(...UNITS),
  maxLength: 12,
})
const value = fc.anything({
  key: fc.oneof(text, fc.constantFrom('a', 'b_1', '1', '$', '__proto__')),
  values: [text, fc.integer(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined, -0), fc.bigInt()],
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 4,
})
const options = fc.record(
  {
    depth: fc.constantFrom(2, 0, 5, null),
    breakLength: fc.constantFrom(80, 40, Infinity),
    compact: fc.constantFrom(3, 1, 5, false),
    maxArrayLength: fc.constantFrom(100, 3),
    maxStringLength: fc.constantFrom(10_000, 5),
    sorted: fc.boolean(),
    getters: fc.boolean(),
  },
  { requiredKeys: [] },
)
const pattern = fc.array(
  fc.constantFrom('%s', '%d', '%i', '%f', '%j', '%O', '%c', '%%', '%', '%z', 'text', ' '),
)

/** What a call gives, or that it throws, as `%j` of a bigint does. */
function outcomeOf(call: () => string): string {
  try {
    return call()
  } catch {
    return 'it throws'
  }
}

describe('values on the console', () => {
  it('are those of util.inspect, whatever they are made of', () => {
    fc.assert(
      fc.property(value, options, (shown, how) => {
        expect(inspect(shown, how)).toBe(nodeInspect(shown, how))
      }),
      { seed: SEED, numRuns },
    )
  })
  it('are those of util.format', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), pattern, (values, pieces) => {
        const first = pieces.join('')
        expect(outcomeOf(() => format(first, ...values))).toBe(outcomeOf(() => nodeFormat(first, ...values)))
      }),
      { seed: SEED, numRuns },
    )
  })
  it('are those of errors, with their class, cause, errors and more', () => {
    class Odd extends Error {}
    const errors = [
      new Error('plain'),
      new TypeError('typed\nin two lines'),
      new Odd('own class'),
      Object.assign(new Error('more'), { code: 'E_MORE', details: { a: [1] } }),
      new Error('outer', { cause: new RangeError('inner') }),
      new AggregateError([new Error('one'), 2], 'many'),
      Object.assign(new Error('renamed'), { name: 'Renamed' }),
      Object.assign(new Error('no stack'), { stack: undefined }),
      Object.assign(new Error('short'), { stack: 'Error: short' }),
    ]
    for (const error of errors) {
      expect(inspect(error)).toBe(nodeInspect(error))
      expect(inspect({ nested: [error] })).toBe(nodeInspect({ nested: [error] }))
    }
  })
})
