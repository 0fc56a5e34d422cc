import type { AgentDefinition } from '../registry/definition.ts'

/** The definition of a stored version; it was valid when it was published and has not changed. */
export function parseDefinition(text: string): AgentDefinition {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only publish writes it, after validation
  return JSON.parse(text) as AgentDefinition
}
