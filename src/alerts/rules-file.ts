/** Rules as code: a YAML file of rules, and what it changes of those that a service has. */
import { parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import { InvalidRequestError } from '../errors.ts'
import { checked } from '../validation.ts'
import { givenFields, ruleSchema, type AlertRule } from './rule.ts'

const fileSchema = z.strictObject({ rules: z.array(ruleSchema).max(1_000) })

/** A rule that a service has, by the id that changes it. */
export type KeptRule = AlertRule & { id: string }

export interface RulesDiff {
  create: readonly AlertRule[]
  change: readonly { id: string; name: string; fields: readonly string[]; rule: AlertRule }[]
  /** Of the service alone. */
  extra: readonly KeptRule[]
  unchanged: number
}

/** The rules of a file, each name once. @throws {InvalidRequestError} with every issue */
export function parseRules(text: string): AlertRule[] {
  const document = parseDocument(text, { uniqueKeys: true })
  if (document.errors.length > 0)
    throw new InvalidRequestError(document.errors.map(({ message }) => ({ path: 'FILE', message })))
  const { rules } = checked(fileSchema, document.toJS({ maxAliasCount: 100 }))
  const names = rules.map(({ name }) => name)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  if (twice.length > 0)
    throw new InvalidRequestError(
      twice.map((name) => ({ path: 'rules', message: `${JSON.stringify(name)} is there twice` })),
    )
  return rules
}

/** The file of rules: what `parseRules` reads, without what only the service knows. */
export function formatRules(rules: readonly AlertRule[]): string {
  return stringify({ rules: rules.map(givenFields) })
}

/** What is to be done for a service to have the wanted rules; rules are matched by their names. */
export function diffRules(kept: readonly KeptRule[], wanted: readonly AlertRule[]): RulesDiff {
  const byName = new Map(kept.map((rule) => [rule.name, rule]))
  const change = wanted.flatMap((rule) => {
    const before = byName.get(rule.name)
    const fields = before === undefined ? [] : changedFields(before, rule)
    return before === undefined || fields.length === 0
      ? []
      : [{ id: before.id, name: rule.name, fields, rule }]
  })
  const create = wanted.filter(({ name }) => !byName.has(name))
  const names = new Set(wanted.map(({ name }) => name))
  return {
    create,
    change,
    extra: kept.filter(({ name }) => !names.has(name)),
    unchanged: wanted.length - create.length - change.length,
  }
}

function changedFields(before: AlertRule, after: AlertRule): string[] {
  const [was, is] = [givenFields(before), givenFields(after)]
  const names = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...names].filter((name) => stable(was[name]) !== stable(is[name]))
}

/** JSON with the names of objects in order. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? ''
  )
}
