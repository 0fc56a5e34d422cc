import { describe, expect, it } from 'vitest'
import { findInsertHead } from '../../src/clickhouse-endpoint/insert-head.ts'
import { checkStatement, type Catalogue } from '../../src/clickhouse-endpoint/statement-policy.ts'
import { withoutEnd } from '../../src/clickhouse-endpoint/tokens.ts'

const CATALOGUE: Catalogue = {
  functions: new Set(['file', 'sum', 'arraymap']),
  tableFunctions: new Set(['file', 'values', 'url']),
  combinators: ['if', 'ornull', 'null', 'state', 'merge'],
  formats: new Set(['CSV']),
  tableSettings: new Set(['index_granularity']),
  databases: new Set(['default', 'system', 'exectrail']),
  others: new Set(['default', 'system']),
}
const SMALL = 15_000
const GROWTH = 16

/** Texts of about so many characters; whether they are SQL does not matter, only how long they are read. */
const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  brackets: (size) => `SELECT ${'('.repeat(size)}`,
  'closing brackets': (size) => `SELECT ${')'.repeat(size)}`,
  'arrays in arrays': (size) => `SELECT ${'['.repeat(size / 2)}${']'.repeat(size / 2)}`,
  'values in values': (size) => `SELECT ${'values('.repeat(size / 7)}`,
  'values beside each other': (size) => `SELECT ${"values('a UInt8 (', 1),".repeat(size / 23)}`,
  'a long structure': (size) => `SELECT * FROM values('${'a UInt8(1), '.repeat(size / 12)}', 1)`,
  'a deep structure': (size) => `SELECT * FROM values('a ${'Array('.repeat(size / 6)}', 1)`,
  'functions in functions': (size) => `SELECT ${'arrayMap(x -> '.repeat(size / 14)}`,
  'one long name': (size) => `SELECT ${'if'.repeat(size / 2)}(1)`,
  'many suffixes': (size) => `SELECT ${'sumOrNullOrNullOrNullOrNullOrNull(1),'.repeat(size / 37)}`,
  columns: (size) => `SELECT ${'a,'.repeat(size / 2)}`,
  'an open comment': (size) => `SELECT /*${'*'.repeat(size)}`,
  comments: (size) => `SELECT ${'/**/'.repeat(size / 4)}1`,
  'lines of comments': (size) => `SELECT ${'-- x\n'.repeat(size / 5)}1`,
  'an open string': (size) => `SELECT '${'x'.repeat(size)}`,
  escapes: (size) => `SELECT '${'\\n'.repeat(size / 2)}'`,
  'doubled quotes': (size) => `SELECT '${"''".repeat(size / 2)}`,
  'an open name': (size) => `SELECT \`${'``'.repeat(size / 2)}`,
  heredocs: (size) => `SELECT ${'$a$ $b$ $a$'.repeat(size / 11)}`,
  'an open heredoc': (size) => `SELECT $a$${'$b$'.repeat(size / 3)}`,
  'tags without an end': (size) => `SELECT $${'a'.repeat(size)}`,
  numbers: (size) => `SELECT ${'1_'.repeat(size / 2)}`,
  exponents: (size) => `SELECT ${'1e1'.repeat(size / 3)}x`,
  settings: (size) => `SELECT 1 SETTINGS ${'max_threads = 1, '.repeat(size / 17)}max_threads = 1`,
  'clauses of settings': (size) => `SELECT ${'(SELECT 1 SETTINGS final = 1),'.repeat(size / 30)}1`,
  'settings of EXPLAIN': (size) => `EXPLAIN ${'header = 1, '.repeat(size / 12)}SELECT 1`,
  'EXPLAIN of EXPLAIN': (size) => `EXPLAIN ${'AST '.repeat(size / 8)}${'EXPLAIN '.repeat(size / 16)}`,
  commands: (size) => `ALTER TABLE t ${'(ADD COLUMN a String), '.repeat(size / 23)}(DROP COLUMN b)`,
  parameters: (size) => `SELECT ${'{a:String},'.repeat(size / 11)}1`,
  semicolons: (size) => `SELECT 1 ${';'.repeat(size)}`,
  dots: (size) => `SELECT ${'a.'.repeat(size / 2)}b`,
  'an open head of an INSERT': (size) => `INSERT INTO t (${'a, '.repeat(size / 3)}`,
}

/** Milliseconds of processor time, which other processes do not lengthen. */
function read(text: string): number {
  const started = process.cpuUsage()
  for (const task of [
    () => withoutEnd(text),
    () => findInsertHead(text),
    () => checkStatement(text, 'full', CATALOGUE),
  ])
    try {
      task()
    } catch (error) {
      // Whether it is refused is another test's matter; a stack that overflows is a fault.
      if (error instanceof RangeError) throw error
    }
  return process.cpuUsage(started).user / 1000
}

describe('reading a statement', () => {
  it.each(Object.entries(SHAPES))('takes time in proportion to %s', (_, shape) => {
    read(shape(SMALL))
    const few = Math.min(...[1, 2, 3].map(() => read(shape(SMALL))))
    const many = Math.min(...[1, 2].map(() => read(shape(SMALL * GROWTH))))
    // What is quadratic takes the square of the growth, 256; the constant is for the clock, the compiler and the collector.
    expect(many).toBeLessThan(few * GROWTH * 5 + 250)
  })
})
