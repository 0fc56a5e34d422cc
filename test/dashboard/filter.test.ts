import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FILTER_FIELDS,
  joinList,
  splitCondition,
  splitList,
  writtenOperatorsOf,
} from '../../src/record/conditions.ts'
import { parseSearch, stringifySearch } from '../../src/dashboard/search/address.ts'
import { hasValues, opposite, withCondition, withToggled } from '../../src/dashboard/search/conditions.ts'
import { conditionOf, readFilter, writeFilter } from '../../src/dashboard/search/filter.ts'
import { fittingRange } from '../../src/dashboard/search/window.ts'
import { readDraft, writeDraft } from '../../src/dashboard/components/condition-draft.ts'
import { parseTerm } from '../../src/service/filter-expression.ts'

const values = oneof(
  string({ unit: 'grapheme', maxLength: 100 }),
  constantFrom('', ',', '\\', 'a\\,b,', 'a=b', 'a&where=b', '!=x', '%20+', '\n', '\u202E', '#', '?', '"'),
)
const conditions = constantFrom(
  ...FILTER_FIELDS.flatMap((field) => writtenOperatorsOf(field).map((operator) => `${field}${operator}`)),
).chain((begin) => values.map((value) => `${begin}${value}`))

it('the window that fits is the shortest with an instant, and never longer than the day', () => {
  const now = Date.parse('2026-03-02T12:00:00Z')
  expect(fittingRange('2026-03-02T11:30:00Z', now)).toBe('1h')
  expect(fittingRange('2026-03-02T07:00:00Z', now)).toBe('6h')
  expect(fittingRange('2026-03-02T01:00:00Z', now)).toBeNull()
  expect(fittingRange('2025-01-01T00:00:00Z', now)).toBeNull()
})

describe('the filter of a page', () => {
  it('has conditions on every field, with every operator that the field takes', () => {
    for (const name of FILTER_FIELDS)
      for (const operator of writtenOperatorsOf(name))
        expect(splitCondition(`${name}${operator}7`)).toEqual({ name, operator, value: '7' })
  })

  it('is the same after a way through the address, whatever its conditions', () => {
    assert(
      property(array(conditions, { maxLength: 12 }), values, (where, q) => {
        const given = readFilter({ where, q })
        const shared = stringifySearch(writeFilter(given))
        expect(readFilter(parseSearch(shared))).toEqual(given)
      }),
    )
  })

  it('turns every condition round into one that the service takes, and back', () => {
    assert(
      property(conditions, (condition) => {
        expect(opposite(opposite(condition))).toBe(condition)
        expect(parseTerm(opposite(condition)).ok).toBe(parseTerm(condition).ok)
      }),
    )
  })

  it('shows every condition in the editor, which writes it as it was', () => {
    assert(
      property(
        conditions.filter((condition) => parseTerm(condition).ok),
        (condition) => {
          expect(writeDraft(readDraft(condition))).toBe(condition)
        },
      ),
    )
  })

  it('has no two values that one field should have, and no condition beside its opposite', () => {
    expect(withCondition(['outcome=failure', 'runtime=vm2'], 'outcome=timeout')).toEqual([
      'runtime=vm2',
      'outcome=timeout',
    ])
    expect(withCondition(['outcome!=failure'], 'outcome=failure')).toEqual(['outcome=failure'])
    expect(withCondition(['durationMs>=5'], 'durationMs<9')).toEqual(['durationMs>=5', 'durationMs<9'])
  })

  it('has several values of a field in one condition, to include and to exclude', () => {
    const both = withToggled(['outcome=failure', 'runtime=vm2'], 'outcome=timeout')
    expect(both).toEqual(['outcome:failure,timeout', 'runtime=vm2'])
    expect(hasValues(both, 'outcome=timeout')).toBe(true)
    expect(withToggled(both, 'outcome=failure')).toEqual(['outcome=timeout', 'runtime=vm2'])
    expect(withToggled(['outcome=timeout'], 'outcome=timeout')).toEqual([])
    expect(withCondition(['userId!=a,b'], 'userId!=c')).toEqual(['userId!:a\\,b,c'])
    expect(withToggled(['outcome!:failure,timeout'], 'outcome=timeout')).toEqual([
      'outcome!=failure',
      'outcome=timeout',
    ])
    expect(withCondition(both, 'outcome=error')).toEqual(['runtime=vm2', 'outcome=error'])
  })

  it('takes back every value that was chosen, whatever it holds', () => {
    assert(
      property(array(values, { minLength: 1, maxLength: 8 }), constantFrom('=', '!='), (given, sign) => {
        expect(splitList(joinList(given))).toEqual(given)
        const chosen = [...new Set(given)].map((value) => `userId${sign}${value}`)
        const where = chosen.reduce(withToggled, ['runtime=vm2'])
        expect(where).toHaveLength(2)
        expect(chosen.every((condition) => hasValues(where, condition))).toBe(true)
        expect(chosen.reduce(withToggled, where)).toEqual(['runtime=vm2'])
      }),
    )
  })

  it('filters by the beginning of a value that is too long for a condition', () => {
    const condition = conditionOf('errorMessage', '😀'.repeat(200), '!=')
    expect(condition).toMatch(/^errorMessage!\^=/u)
    expect(parseTerm(condition).ok).toBe(true)
  })
})
