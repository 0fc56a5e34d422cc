/** The tabs of the list. */
import type { WorkflowPage } from '../../../client/index.ts'

type State = WorkflowPage['data'][number]['state']

export const TABS = [
  { value: 'all', title: 'All', states: [] },
  { value: 'running', title: 'Running', states: ['running'] },
  { value: 'failed', title: 'Failed', states: ['failed'] },
  { value: 'incomplete', title: 'Incomplete', states: ['incomplete'] },
  { value: 'succeeded', title: 'Succeeded', states: ['succeeded'] },
] as const satisfies readonly { value: string; title: string; states: readonly State[] }[]
export type Tab = (typeof TABS)[number]

export function readTab(given: unknown): Tab {
  return TABS.find(({ value }) => value === given) ?? TABS[0]
}
