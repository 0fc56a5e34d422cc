/** A check of a caller's schema or policy that may be slow. */
import type { CodePolicy, Language } from '../execution.ts'
import { schemaError, validateText } from './json-schema.ts'
import { policyViolations } from './policy-violations.ts'

export type CheckTask =
  | { kind: 'policy'; code: string; language: Language; policy: CodePolicy }
  | { kind: 'schema'; schema: string }
  | { kind: 'value'; schema: string; text: string }

/** Runs the check to its end: what is wrong, or null. */
export function runCheckTask(task: CheckTask): string | null {
  if (task.kind === 'policy') return policyViolations(task.code, task.language, task.policy)
  const schema: unknown = JSON.parse(task.schema)
  return task.kind === 'schema' ? schemaError(schema) : validateText(schema, task.text)
}
