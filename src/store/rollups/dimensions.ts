/** What figures are kept for: by the day for the values of a field, and by the hour for outcomes. */
import { columnOf } from '../../record/columns.ts'
import type { FieldName } from '../../record/record.ts'
import { isWorkspace, type Scope } from '../scope.ts'

/** Fields whose values an organization's figures are kept by. */
const OF_ORGANIZATION = [
  'outcome',
  'runtime',
  'language',
  'errorType',
  'model',
  'workspaceId',
] as const satisfies readonly FieldName[]
/** Fields whose values an agent's figures are kept by, on days with many executions of it. */
const OF_AGENT = ['outcome', 'runtime', 'language', 'exitCode'] as const satisfies readonly FieldName[]
/** The same of a workspace. */
const OF_WORKSPACE = [
  'outcome',
  'runtime',
  'language',
  'errorType',
  'model',
  'codeAgentId',
] as const satisfies readonly FieldName[]

/** A name in `code_exec_rollups.dimension`, and the value of a row of `code_exec_logs`. */
export interface Dimension {
  name: string
  value: string
}

export const AGENT: Dimension = { name: 'agent', value: "''" }
/** Of an agent; rows without an error have none. */
export const AGENT_ERRORS: Dimension = {
  name: 'agent.error',
  value: "ifNull(toString(error_fingerprint), '')",
}

function dimension(field: FieldName, prefix = ''): Dimension {
  return { name: `${prefix}${field}`, value: `ifNull(toString(${columnOf(field)}), '')` }
}

export const ORGANIZATION_DIMENSIONS: readonly Dimension[] = OF_ORGANIZATION.map((field) => dimension(field))
export const ORGANIZATION_HOURS: Dimension = dimension('outcome', 'hour.')
export const AGENT_DIMENSIONS: readonly Dimension[] = OF_AGENT.map((field) => dimension(field, 'agent.'))
/** Their ids are where the others have agents. */
export const WORKSPACE_DIMENSIONS: readonly Dimension[] = OF_WORKSPACE.map((field) =>
  dimension(field, 'workspace.'),
)
export const WORKSPACE_HOURS: Dimension = dimension('outcome', 'workspace.hour.')
/** Its values are all executions of a workspace. */
export const WORKSPACE_OUTCOME = 'workspace.outcome'

/** The same figures twice: of whole days, and where they are kept, of whole hours. */
export interface KeptDimension {
  days: Dimension
  hours: Dimension | null
}

/** What has the figures of the scope by this field, or in total; null where none are kept. */
export function dimensionOf(scope: Scope, field: FieldName | null): KeptDimension | null {
  const [prefix, dimensions, hours] = isWorkspace(scope)
    ? (['workspace.', WORKSPACE_DIMENSIONS, WORKSPACE_HOURS] as const)
    : (['', ORGANIZATION_DIMENSIONS, ORGANIZATION_HOURS] as const)
  const days = dimensions.find(({ name }) => name === `${prefix}${field ?? 'outcome'}`)
  if (days === undefined) return null
  return { days, hours: field === null || field === 'outcome' ? hours : null }
}

/** Name and value of each dimension, as an array of a row. */
export function pairsOf(dimensions: readonly Dimension[]): string {
  return `[${dimensions.map(({ name, value }) => `('${name}', ${value})`).join(', ')}]`
}
