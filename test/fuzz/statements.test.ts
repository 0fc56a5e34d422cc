import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkStatement, type Catalogue } from '../../src/clickhouse-endpoint/statement-policy.ts'
import { tokenize, withoutEnd } from '../../src/clickhouse-endpoint/tokens.ts'
import { fuzz, textOf } from './fuzz.ts'
import { startProcessorTime } from '../support/processor-time.ts'

const CATALOGUE: Catalogue = {
  functions: new Set(['file', 'sum', 'arraymap']),
  tableFunctions: new Set(['file', 'values', 'url']),
  combinators: ['if', 'ornull', 'null', 'state', 'merge'],
  formats: new Set(['CSV']),
  tableSettings: new Set(['index_granularity']),
  databases: new Set(['default', 'system', 'exectrail']),
  others: new Set(['default', 'system']),
}
const PIECES = [
  'SELECT ',
  'FROM ',
  'INSERT INTO ',
  'VALUES ',
  'SETTINGS ',
  'EXPLAIN ',
  'APPLY ',
  'AS ',
  'WITH ',
  'FORMAT ',

  'file',
  'values',
  'sum',
  'arrayMap',
  'default',
  'system',
  'a',
  '.',
  ',',
  ';',
  '(',
  ')',
  '[',
  ']',
  '{a:String}',

  "'",
  "''",
  '\\',
  '"',
  '`',
  '``',
  '$$',
  '$a$',
  '/*',
  '*/',
  '--',
  '#',
  '\n',
  '0x',
  '1e',
  '1_',
  '=',
  '->',
  '\0',
  '“',
]

describe('a statement', () => {
  it('of any text is tokens in their order, without a gap but space and comments, or is refused', () =>
    fuzz(
      fc.property(textOf(PIECES), (text) => {
        const tokens = attempt(() => tokenize(text)) ?? []
        for (const [index, token] of tokens.entries()) {
          expect(token.end).toBeLessThanOrEqual(text.length)
          expect(token.end).toBeGreaterThan(tokens[index - 1]?.end ?? 0)
        }
        expect(text.startsWith(withoutEnd(text).trimStart()) || text.includes(withoutEnd(text))).toBe(true)
      }),
    ))

  it('of any text is checked in time, and no reading overflows the stack', () =>
    fuzz(
      fc.property(textOf(PIECES), fc.constantFrom('full', 'read'), (text, access) => {
        const processorMs = startProcessorTime()
        attempt(() => checkStatement(text, access, CATALOGUE))
        expect(processorMs()).toBeLessThan(1000)
      }),
    ))
})

/** Null for what is refused. */
function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw error
    return null
  }
}
