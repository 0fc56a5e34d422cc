import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { RuntimeRequest } from '../../src/runtimes/runtime.ts'
import {
  stopCompiling,
  transpile,
  transpileForQuickJs,
  transpileToScript,
  type Refused,
} from '../../src/runtimes/transpile.ts'
import { fuzz } from './fuzz.ts'

afterAll(() => stopCompiling())

/** Shapes that grow by being put into each other. */
const WRAPS: readonly ((inner: string) => string)[] = [
  (inner) => `[${inner}]`,
  (inner) => `(${inner})`,
  (inner) => `{ a: ${inner} }`,
  (inner) => `(x: any) => ${inner}`,
  (inner) => `\`\${${inner}}\``,
  (inner) => `(${inner} as any)`,
  (inner) => `!${inner}`,
  (inner) => `${inner} + 1`,
  (inner) => `class { a = ${inner} }`,
  (inner) => `async function* () { yield await ${inner} }`,
  (inner) => `f<${'A<'.repeat(3)}1${'>'.repeat(3)}>(${inner})`,
  (inner) => `${inner}?.a`,
]

const expression = fc
  .array(fc.tuple(fc.constantFrom(...WRAPS), fc.integer({ min: 1, max: 400 })), { maxLength: 4 })
  .map((steps) => steps.reduce((inner, [wrap, times]) => grow(wrap, times, inner), '1'))

const LARGEST = 400_000

function grow(wrap: (inner: string) => string, times: number, from: string): string {
  let text = from
  for (let at = 0; at < times && text.length < LARGEST; at += 1) text = wrap(text)
  return text
}

const statement = fc.oneof(
  expression.map((text) => `export const value = ${text}`),
  expression.map((text) => `@(${text}) class Decorated { accessor x = 1 }`),
  fc.integer({ min: 1, max: 18 }).map(doublings),
  fc.string({
    unit: fc.constantFrom(
      '{',
      '}',
      '<',
      '>',
      '`',
      '${',
      '/',
      '*',
      '\n',
      'enum ',
      'a',
      '=',
      '@',
      '(',
      ')',
      '"',
    ),
  }),
)

function doublings(count: number): string {
  const members = Array.from({ length: count }, (_, index) => `a${index + 1} = a${index} + a${index}`)
  return `enum E { a0 = 'xxxxxxxx', ${members.join(', ')} }`
}

const io = { signal: new AbortController().signal }

function requestOf(code: string): Pick<RuntimeRequest, 'code' | 'organizationId' | 'limits' | 'files'> {
  const limits = {
    timeoutMs: 20_000,
    cpuMs: null,
    memoryBytes: null,
    pids: 1,
    outputBytes: 0,
    outputPolicy: 'kill',
    diskBytes: 0,
    openFiles: 16,
  } as const
  return { code, organizationId: 'fuzz', limits, files: [] }
}

const SOURCE = { fileName: 'main.ts', loader: 'ts' } as const

describe('compiling', () => {
  it.each([
    [
      'a module',
      (code: string): Promise<{ code: string } | Refused> => transpile(requestOf(code), SOURCE, 'hook', io),
    ],
    [
      'a script',
      (code: string): Promise<{ code: string } | Refused> =>
        transpileToScript(requestOf(code), SOURCE, 'hook', io),
    ],
    [
      'for QuickJS',
      (code: string): Promise<{ code: string } | Refused> =>
        transpileForQuickJs(requestOf(code), SOURCE, 'hook', io),
    ],
  ])(
    '%s: any code is compiled or refused as the program of its author, and honest code after it is compiled',
    (_name, compile) =>
      fuzz(
        fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 3 }), async (statements) => {
          const done = await compile(statements.join('\n'))
          expect(done).not.toHaveProperty('fault')
          expect(await compile('const one: number = 1')).toHaveProperty('code')
        }),
      ),
  )
})
