/** Masking takes time in proportion to the text, whatever a program prints and whatever values its caller gave. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprintError } from '../../src/executor/fingerprint.ts'
import { LiteralMatcher } from '../../src/executor/literal-matcher.ts'
import { createRedactor } from '../../src/executor/redact.ts'
import { longestTurn } from '../support/event-loop.ts'
import { startProcessorTime } from '../support/processor-time.ts'
import { exitWith, toyExecutor, toyRuntime } from '../support/toy-executor.ts'

const SMALL = 32_768
const LARGE = 8 * SMALL
/** Eight times where it is linear, 64 times where it is quadratic. */
const GROWTH_MAX = 24

/** Near misses of each shape: what begins as one over and over, and never becomes one. */
const SEEDS = [
  '-eyJ',
  'aeyJ',
  '-eyJaaaaaaaa.',
  '-eyJaaaaaaaa.bbbbbbbb.c.',
  '.-eyJaaaaaaaa',
  'sk-',
  'sk-aaaaaaaaaaaaaaaaaaa ',
  'AKIA0000000000000000',
  'ghp_',
  `ghp_${'a'.repeat(40)}_`,
  'github_pat_',
  'glpat-',
  'sk_live_',
  'sk_live_aaaaaaaaaaaaaaaa_',
  'xoxb-',
  'AIza',
  'npm_',
  'e2b_',
  `e2b_${'0'.repeat(41)}`,
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY',
  '-----BEGIN PRIVATE KEY ',
  'PRIVATE KEY-----',
  '-----END PRIVATE KEY ',
  'Bearer ',
  'Bearer a',
  '://a:',
  '://a:bcd',
  '://a::',
  '://',
  ':',
  'a',
  '\n… 1',
  '\n… 1 bytes left out …',
  '\n… 1 bytes left out …\n',
  '\ud800',
]

/** ms of processor time of the fastest of a few: what else the machine does only adds. */
function fastest(work: () => void): number {
  const times = [1, 2].map(() => {
    const processorMs = startProcessorTime()
    work()
    return processorMs()
  })
  return Math.min(...times)
}

/** How many times as long four times the text takes; a quadratic pattern takes sixteen times as long. */
function growth(work: (length: number) => () => void): number {
  return fastest(work(LARGE)) / Math.max(10, fastest(work(SMALL)))
}

describe('masking', () => {
  const hostile = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`K${index}`, `${'a'.repeat(80)}${index}`]),
  )

  it.each(SEEDS)('of %j, repeated, grows with the text', (seed) => {
    const repeated = (prefix: string, length: number): string =>
      `${prefix}${seed.repeat(Math.ceil(length / seed.length))}`
    const withValues = createRedactor(hostile)
    expect(growth((length) => () => void withValues(repeated('', length)))).toBeLessThan(GROWTH_MAX)
    const redact = createRedactor(undefined)
    for (const prefix of ['-----BEGIN ', '-----BEGIN PRIVATE KEY-----', '://a:', 'Bearer '])
      expect(growth((length) => () => void redact(repeated(prefix, length)))).toBeLessThan(GROWTH_MAX)
  })

  it.each([
    ['one long value', { A: `${'a'.repeat(60_000)}b` }],
    ['one that ends alike', { A: `b${'a'.repeat(60_000)}` }],
    ['values that contain each other', manyBeginnings(350)],
    [
      'thousands of values',
      Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`K${i}`, `a${100_000 + i}`])),
    ],
  ])('of %s of the environment grows with the text', (_name, env) => {
    const redact = createRedactor(env)
    for (const seed of ['a', 'aaaaab', `a${'1'.repeat(5)}`])
      expect(
        growth((length) => {
          const text = seed.repeat(Math.ceil(length / seed.length))
          return () => void redact(text)
        }),
      ).toBeLessThan(GROWTH_MAX)
  })

  it('of a complete record leaves the event loop its turns', async () => {
    const text = '-eyJ'.repeat(262_144)
    const exit = exitWith({
      exitCode: 1,
      result: JSON.stringify(text),
      uncaught: { name: 'Error', message: text, stack: text },
    })
    const runtime = toyRuntime(async (_request, io) => {
      io.onRunning()
      await io.onOutput({ stream: 'stdout', bytes: Buffer.from(text) })
      await io.onOutput({ stream: 'stderr', bytes: Buffer.from(text) })
      return exit
    })
    const { execute, completed } = toyExecutor(runtime)
    const blockedMs = await longestTurn(() => execute({ code: text, input: text, env: hostile }))
    expect(completed).toHaveLength(1)
    expect(blockedMs).toBeLessThan(250)
  })
})

/** The first 6 to n letters, so that each is the beginning of the next; all of them fill the environment. */
function manyBeginnings(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`K${i}`, 'a'.repeat(6 + i)]))
}

describe('literals', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 6 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'x'), maxLength: 60 })

  it('are found wherever they stand', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), text, (words, within) => {
        const found = new LiteralMatcher(words).find(within)
        const longest = Array.from({ length: within.length }, (_, at) => {
          const ends = words.filter((each) => within.slice(0, at + 1).endsWith(each))
          return Math.max(0, ...ends.map(({ length }) => length))
        })
        expect(found).toEqual(
          longest.flatMap((length, at) => (length === 0 ? [] : [[at + 1 - length, at + 1]])),
        )
      }),
    )
  })

  it('are known by their longest beginning at the end of a text', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), text, (words, within) => {
        const beginnings = words.flatMap((each) => Array.from(each, (_, at) => each.slice(0, at + 1)))
        const longest = Math.max(
          0,
          ...beginnings.filter((each) => within.endsWith(each)).map((each) => each.length),
        )
        expect(new LiteralMatcher(words).overlap(within)).toBe(longest)
      }),
    )
  })
})

describe('the fingerprint of an error', () => {
  it.each([
    'a',
    'a.',
    '-',
    '1',
    '/a',
    "'",
    '"',
    '0x',
    'http://',
    'f',
    '2026-01-01T',
    ' at ',
    '\n',
    '\n at a',
  ])('of %j, repeated, grows with the text', (seed) => {
    expect(
      growth((length) => {
        const long = seed.repeat(Math.ceil(length / seed.length))
        return () => void fingerprintError('exception', long, long)
      }),
    ).toBeLessThan(GROWTH_MAX)
  })

  it('of a word as long as it may be takes an instant', () => {
    const long = 'a'.repeat(2000)
    const stack = ` at ${long}\n`.repeat(5)
    expect(fastest(() => void fingerprintError('exception', long, stack))).toBeLessThan(10)
  })
})
