/** What the page groups by. */
import type { Operations } from '../../../client/index.ts'

type Report = Operations['getCosts']['reply']
export type CostFigures = Report['total']
export type CostGroup = Report['groups'][number]

export const GROUPS = [
  { value: 'codeAgentId', title: 'Agent' },
  { value: 'codeAgentVersion', title: 'Version' },
  { value: 'userId', title: 'User' },
  { value: 'runtime', title: 'Runtime' },
  { value: 'model', title: 'Model' },
  { value: 'workflowExecutionId', title: 'Workflow run' },
] as const
export type GroupTab = (typeof GROUPS)[number]

export function readGroup(given: unknown): GroupTab {
  return GROUPS.find(({ value }) => value === given) ?? GROUPS[0]
}

/** The value that a group has; null for executions without one. An answer may still be that of the tab before. */
export function valueOf({ key }: Pick<CostGroup, 'key'>): string | null {
  return Object.values(key)[0] ?? null
}
