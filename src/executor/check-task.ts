/** A check of a caller's schema, policy or texts that may be slow. */
import type { CodePolicy, Language } from '../execution.ts'
import { schemaError, validateText } from './json-schema.ts'
import { policyViolations } from './policy-violations.ts'
import { findSecretTokens } from './secret-tokens.ts'

export type CheckTask =
  | { kind: 'policy'; code: string; language: Language; policy: CodePolicy }
  | { kind: 'schema'; schema: string }
  | { kind: 'value'; schema: string; text: string }
  | { kind: 'secrets'; texts: readonly string[] }

/** Runs the check to its end: what is wrong, or null. */
export function runCheckTask(task: CheckTask): string | null {
  if (task.kind === 'policy') return policyViolations(task.code, task.language, task.policy)
  if (task.kind === 'secrets') return secretPlaces(task.texts)
  const schema: unknown = JSON.parse(task.schema)
  return task.kind === 'schema' ? schemaError(schema) : validateText(schema, task.text)
}

const PLACES_MAX = 50

/** `index:line` of the first 50 lines that hold tokens, with spaces between; null without any. */
function secretPlaces(texts: readonly string[]): string | null {
  const places = new Set<string>()
  for (const [index, text] of texts.entries()) {
    let line = 1
    let counted = 0
    for (const [from] of findSecretTokens(text).toSorted((one, other) => one[0] - other[0])) {
      for (let at = text.indexOf('\n', counted); at >= 0 && at < from; at = text.indexOf('\n', at + 1)) {
        line += 1
        counted = at + 1
      }
      places.add(`${index}:${line}`)
      if (places.size === PLACES_MAX) return [...places].join(' ')
    }
  }
  return places.size === 0 ? null : [...places].join(' ')
}
