/** The state of a workflow's run, or of one of its nodes, as icon, word and colour. */
import { CircleCheck, CircleDashed, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { WorkflowPage } from '../../client/index.ts'
import styles from './workflow-state.module.css'

type State = WorkflowPage['data'][number]['state']

const ICONS: Readonly<Record<State, LucideIcon>> = {
  running: LoaderCircle,
  succeeded: CircleCheck,
  failed: CircleX,
  incomplete: CircleDashed,
}
const MEANS: Readonly<Record<State, string>> = {
  running: 'An execution has not ended',
  succeeded: 'The last attempt of every node succeeded',
  failed: 'The last attempt of a node did not succeed',
  incomplete: 'An execution began and its record is overdue',
}

export function WorkflowStateLabel({ state }: { state: State }): React.ReactNode {
  const Icon = ICONS[state]
  return (
    <span className={styles['state']} data-state={state} title={MEANS[state]}>
      <Icon size={14} aria-hidden="true" />
      {state}
    </span>
  )
}
