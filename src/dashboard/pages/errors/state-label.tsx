/** The state of a group of errors as icon and word; new ones and those that came back stand out. */
import {
  CircleAlert,
  CircleCheck,
  CircleDot,
  EyeOff,
  RotateCcw,
  Sparkles,
  type LucideIcon,
} from 'lucide-react'
import type { ErrorView } from '../../../client/index.ts'
import styles from './state-label.module.css'

const ICONS: Readonly<Record<ErrorView['state'] | 'new', LucideIcon>> = {
  open: CircleDot,
  new: Sparkles,
  regressed: RotateCcw,
  resolved: CircleCheck,
  ignored: EyeOff,
}
const MEANS: Readonly<Record<ErrorView['state'] | 'new', string>> = {
  open: 'No one has decided about it',
  new: 'Not seen in the 30 days before the window',
  regressed: 'Resolved, and seen again since',
  resolved: 'Resolved, and not seen since',
  ignored: 'Ignored, however often it is seen',
}

export function StateLabel({ group }: { group: Pick<ErrorView, 'state' | 'isNew'> }): React.ReactNode {
  const state = group.state === 'open' && group.isNew ? 'new' : group.state
  const Icon = ICONS[state] ?? CircleAlert
  return (
    <span className={styles['state']} data-state={state} title={MEANS[state]}>
      <Icon size={13} aria-hidden="true" />
      {state}
    </span>
  )
}
