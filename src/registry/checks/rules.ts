/** Checks that read the definition alone: its schemas, its policy, and what a reader would miss. */
import { findPolicyViolation } from '../../executor/policy-check.ts'
import { compileSchema } from '../../executor/schema-check.ts'
import type { AgentDefinition } from '../definition.ts'
import { finding, type Finding } from './finding.ts'

/** Schemas that cannot be compiled, or not in bounded time. */
export async function checkSchemas(definition: AgentDefinition): Promise<Finding[]> {
  const found: Finding[] = []
  for (const path of ['inputSchema', 'outputSchema'] as const) {
    const compiled = await compileSchema(definition[path], path)
    if (compiled !== null && 'issue' in compiled)
      found.push(
        finding({
          check: 'schemas',
          severity: 'error',
          path,
          message: compiled.issue.message,
          hint: 'Write a JSON Schema (draft 2020-12) that stands alone and is simple enough to be compiled in two seconds.',
        }),
      )
  }
  return found
}

/** Whether the code holds to the policy that comes with it. */
export async function checkPolicy(definition: AgentDefinition): Promise<Finding[]> {
  const { code, language, policy } = definition
  const violation = await findPolicyViolation(code, language, policy)
  if (violation === null) return []
  return [
    finding({
      check: 'policy',
      severity: 'error',
      path: 'code',
      message: violation,
      hint: 'Change the code, or take from `policy` what the code needs.',
    }),
  ]
}

/** What is not there and helps whoever uses it. */
export function checkCompleteness({ readme, examples, inputSchema }: AgentDefinition): Finding[] {
  const missing: [isMissing: boolean, path: string, message: string, hint: string][] = [
    [
      readme.trim() === '',
      'readme',
      'there is no README',
      'Say what it does, what it needs and what it returns.',
    ],
    [
      examples.length === 0,
      'examples',
      'there is no example, so nothing was run',
      'Add an input with the output that belongs to it: each is run when the version is published.',
    ],
    [
      inputSchema === undefined,
      'inputSchema',
      'there is no schema of the input',
      'Add one: the form to try it, and the tool for models, are made from it.',
    ],
  ]
  return missing
    .filter(([isMissing]) => isMissing)
    .map(([, path, message, hint]) =>
      finding({ check: 'completeness', severity: 'warning', path, message, hint }),
    )
}
