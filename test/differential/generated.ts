/** Snippets made by chance from a fixed seed: expressions of JavaScript and Python whose value is shown. */
import fc from 'fast-check'

/** `FUZZ_SEED` gives others, `DIFFERENTIAL_RUNS` more of them. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_128)
const COUNT = Number(process.env['DIFFERENTIAL_RUNS'] ?? 120)

const text = fc
  .string({
    unit: fc.constantFrom('a', 'B', 'z', ' ', '-', '1', 'é', '€', '😀', "'", '"', '\\', '\n'),
    maxLength: 8,
  })
  .map((value) => JSON.stringify(value))
const index = fc.integer({ min: -9, max: 9 })
const integer = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.integer())
const float = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 })

/** Negative numbers in brackets, for `**` and methods. */
const written = (value: number): string =>
  value < 0 || Object.is(value, -0) ? `(${value < 0 ? value : '-0'})` : String(value)

const jsNumber = fc.letrec<{ whole: string }>((tie) => ({
  whole: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(integer, float).map(written),
    fc
      .tuple(
        tie('whole'),
        fc.constantFrom('+', '-', '*', '/', '%', '|', '&', '<<', '>>>', '**'),
        tie('whole'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(fc.constantFrom('abs', 'floor', 'ceil', 'round', 'trunc', 'sign', 'fround'), tie('whole'))
      .map(([name, value]) => `Math.${name}(${value})`),
  ),
})).whole

const jsText = fc
  .tuple(text, index, index, text)
  .map(([value, from, to, other]) => ({ value, from, to, other }))
const JS_METHODS = [
  'slice',
  'substring',
  'at',
  'charAt',
  'padStart',
  'padEnd',
  'indexOf',
  'split',
  'replaceAll',
  'concat',
  'repeat',
  'codePointAt',
  'normalize',
  'trim',
  'toUpperCase',
  'localeCompare',
] as const

function callMethod(
  method: (typeof JS_METHODS)[number],
  { value, from, to, other }: { value: string; from: number; to: number; other: string },
): string {
  if (method === 'slice' || method === 'substring') return `${value}.${method}(${from}, ${to})`
  if (method === 'at' || method === 'charAt' || method === 'codePointAt') return `${value}.${method}(${from})`
  if (method === 'padStart' || method === 'padEnd') return `${value}.${method}(${Math.abs(from)}, ${other})`
  if (method === 'repeat') return `${value}.repeat(${Math.abs(from)})`
  if (method === 'replaceAll') return `${value}.replaceAll(${other}, "<$&>")`
  if (method === 'localeCompare') return `Math.sign(${value}.localeCompare(${value}))`
  if (method === 'normalize' || method === 'trim' || method === 'toUpperCase') return `${value}.${method}()`
  return `${value}.${method}(${other})`
}

const jsLeaf = fc.oneof(
  fc.oneof(integer, float).map(written),
  text,
  fc.constantFrom(
    'null',
    'undefined',
    'true',
    'NaN',
    '-0',
    '5n',
    'new Date(0)',
    '/x/g',
    'Symbol("s")',
    '() => 1',
    'class A {}',
  ),
)
/** Values of every kind, one in another, as they stand in code. */
const jsValue = fc.letrec<{ whole: string }>((tie) => ({
  whole: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    jsLeaf,
    fc.array(tie('whole'), { maxLength: 9 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom('a', 'b_c', '1', '$x'), text), tie('whole')), { maxLength: 6 })
      .map(
        (items) =>
          `({ ${items.map(([key, value]) => `[${key.startsWith('"') ? key : JSON.stringify(key)}]: ${value}`).join(', ')} })`,
      ),
    fc
      .array(fc.tuple(tie('whole'), tie('whole')), { maxLength: 3 })
      .map((items) => `new Map([${items.map(([key, value]) => `[${key}, ${value}]`).join(', ')}])`),
    fc.array(tie('whole'), { maxLength: 4 }).map((items) => `new Set([${items.join(', ')}])`),
  ),
})).whole

const jsList = fc
  .array(fc.oneof(integer.map(written), text), { maxLength: 8 })
  .map((items) => `[${items.join(', ')}]`)

const JAVASCRIPT = fc.oneof(
  jsNumber,
  fc
    .tuple(jsNumber, fc.constantFrom('.toFixed(2)', '.toExponential(3)', '.toPrecision(4)'))
    .map(([value, call]) => `(${value})${call}`),
  jsNumber.map((value) => `Math.trunc((${value}) % 2 ** 31).toString(36)`),
  fc.tuple(fc.constantFrom(...JS_METHODS), jsText).map(([method, parts]) => callMethod(method, parts)),
  jsValue,
  jsValue,
  jsValue.map((value) => `console.log("%s|%o", ${value.replaceAll('class A {}', '0')}, 1)`),
  jsValue.map((value) => `JSON.stringify(${value.replaceAll('5n', '5')}, null, 1)`),
  fc
    .tuple(
      jsList,
      fc.constantFrom(
        '.sort()',
        '.toSorted()',
        '.map(String)',
        '.flatMap((x) => [x, x])',
        '.reduce((a, b) => a + b, "")',
        '.filter(Boolean)',
        '.join("|")',
        '.toReversed()',
        '.indexOf("a")',
      ),
    )
    .map(([list, call]) => list + call),
)

const pyNumber = fc.letrec<{ whole: string }>((tie) => ({
  whole: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(integer, float).map(written),
    fc
      .tuple(tie('whole'), fc.constantFrom('+', '-', '*', '/', '//', '%'), tie('whole'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(fc.constantFrom('abs', 'round', 'float', 'int'), tie('whole'))
      .map(([name, value]) => `${name}(${value})`),
  ),
})).whole

const pyValue = fc.letrec<{ whole: string }>((tie) => ({
  whole: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.oneof(integer, float).map(written),
      text,
      fc.constantFrom('None', 'True', 'b"x\\xff"', '1j', '...', '10 ** 30', 'frozenset()'),
    ),
    fc.array(tie('whole'), { maxLength: 5 }).map((items) => `[${items.join(', ')}]`),
    fc.array(tie('whole'), { maxLength: 3 }).map((items) => `(${items.map((item) => `${item},`).join(' ')})`),
    fc
      .array(fc.tuple(text, tie('whole')), { maxLength: 4 })
      .map((items) => `{${items.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
  ),
})).whole

const PYTHON = fc.oneof(
  pyNumber,
  fc
    .tuple(pyNumber, fc.constantFrom('.3f', ',', '>12', 'e', '08.2f', '+', '%', 'g', '_'))
    .map(([value, spec]) => `format(${value}, "${spec}")`),
  fc.tuple(text, index, index).map(([value, from, to]) => `${value}[${from}:${to}]`),
  fc
    .tuple(
      text,
      fc.constantFrom(
        'upper()',
        'title()',
        'split()',
        'strip()',
        'encode()',
        'center(9, "*")',
        'partition("a")',
        'isalnum()',
        'zfill(5)',
        'splitlines()',
        'casefold()',
      ),
    )
    .map(([value, call]) => `${value}.${call}`),
  pyValue,
  pyValue,
  pyValue.map((value) => `print("%s|%r" % (${value}, 1), ${value}, sep="-")`),
  pyValue.map((value) => `__import__("json").dumps(${value}, indent=1)`),
)

/** The same for the same seed. */
export function generate(language: 'javascript' | 'python'): string[] {
  const arbitrary = language === 'javascript' ? JAVASCRIPT : PYTHON
  return fc.sample(arbitrary, { seed: SEED, numRuns: COUNT }).map((code) => code.replaceAll('\n', ' '))
}
