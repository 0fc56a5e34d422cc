/** Which executions a page shows: conditions as the API's `where` has them, and a text. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { fieldOf } from '../../record/record.ts'
import type { FilterField } from '../../record/conditions.ts'
import { withCondition, withToggled } from './conditions.ts'
import { usePageSearch } from './page-address.ts'

/** In the address: `where=outcome!=success&where=codeAgentId=summer&q=timeout`. */
export interface PageFilter {
  where: readonly string[]
  q?: string | undefined
}

export interface FilterControl extends PageFilter {
  /** Adds a condition, such as `outcome=failure`; those that cannot hold beside it go. */
  add: (condition: string) => void
  /** Takes a value of a field among those that are wanted or excluded, or, where it is, from among them. */
  toggle: (condition: string) => void
  replace: (before: string, after: string) => void
  remove: (condition: string) => void
  search: (text: string) => void
  clear: () => void
}

export function readFilter(search: Readonly<Record<string, unknown>>): PageFilter {
  const { where, q } = search
  const conditions = [where].flat().filter((one): one is string => typeof one === 'string' && one !== '')
  return { where: [...new Set(conditions)], ...(typeof q === 'string' && q !== '' ? { q } : {}) }
}

/** What stays in the address. */
export function writeFilter({ where, q }: PageFilter): { where?: readonly string[]; q?: string } {
  return { ...(where.length === 0 ? {} : { where }), ...(q === undefined || q === '' ? {} : { q }) }
}

/** The filter of the page and how it changes; each change is a step in the browser's history. */
export function useFilter(): FilterControl {
  const { where, q } = usePageSearch()
  const navigate = useNavigate()
  return useMemo(() => {
    // From the address as it is then: of two quick changes the second keeps the first.
    const change = (next: (before: PageFilter) => PageFilter): void =>
      void navigate({
        to: '.',
        search: ({ where: earlier, q: text, cursor: _cursor, ...rest }: Record<string, unknown>) => ({
          ...rest,
          ...writeFilter(next(readFilter({ where: earlier, q: text }))),
        }),
      })
    const changeWhere = (next: (before: readonly string[]) => readonly string[]): void =>
      change((before) => ({ ...before, where: next(before.where) }))
    return {
      ...readFilter({ where, q }),
      add: (condition) => changeWhere((before) => withCondition(before, condition)),
      toggle: (condition) => changeWhere((before) => withToggled(before, condition)),
      replace: (old, condition) =>
        changeWhere((before) => before.map((one) => (one === old ? condition : one))),
      remove: (condition) => changeWhere((before) => before.filter((one) => one !== condition)),
      search: (text) => change((before) => ({ ...before, q: text })),
      clear: () => change(() => ({ where: [] })),
    }
  }, [where, q, navigate])
}

/** Characters of the value of a condition, at most; the API's own bound. */
const VALUE_MAX = 256

/** The condition that a field has a value, or for a long text begins like it. Null is an absent value. */
export function conditionOf(
  field: FilterField,
  value: string | number | boolean | null,
  sign: '=' | '!=',
): string {
  const text = value === null ? '' : String(value)
  if (text.length <= VALUE_MAX || fieldOf(field).type !== 'text') return `${field}${sign}${text}`
  const begin = text.slice(0, VALUE_MAX).replace(/[\uD800-\uDBFF]$/u, '')
  return `${field}${sign === '=' ? '^=' : '!^='}${begin}`
}
