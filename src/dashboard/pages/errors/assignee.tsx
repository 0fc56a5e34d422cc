/** Who takes care of a group, and the way to change it. */
import { UserRound } from 'lucide-react'
import { useState, type SyntheticEvent } from 'react'
import type { ErrorView } from '../../../client/index.ts'
import controls from '../../components/controls.module.css'
import styles from './errors.module.css'
import { titleOf, type ErrorChange } from './groups.ts'

const NAME_MAX = 256

interface AssigneeProps {
  group: ErrorView
  onChange: (change: ErrorChange) => void
  /** Why it cannot be changed; null: it can. */
  refused: string | null
}

export function Assignee({ group, onChange, refused }: AssigneeProps): React.ReactNode {
  const [phase, setPhase] = useState<'shown' | 'edited'>('shown')
  const { assignee } = group
  if (phase === 'edited')
    return <AssigneeForm group={group} onChange={onChange} onEnd={() => setPhase('shown')} />
  return (
    <button
      type="button"
      className={styles['assignee']}
      disabled={refused !== null}
      title={refused ?? 'Assign to someone'}
      aria-label={`${assignee === null ? 'Assign' : `Assigned to ${assignee}, change`}: ${titleOf(group)}`}
      onClick={() => setPhase('edited')}
    >
      <UserRound size={13} aria-hidden="true" />
      <span className="untrusted">{assignee ?? 'Assign'}</span>
    </button>
  )
}

function AssigneeForm({
  group,
  onChange,
  onEnd,
}: Pick<AssigneeProps, 'group' | 'onChange'> & { onEnd: () => void }): React.ReactNode {
  const [name, setName] = useState(group.assignee ?? '')
  const save = (event: SyntheticEvent): void => {
    event.preventDefault()
    const assignee = name.trim() === '' ? null : name.trim()
    if (assignee !== group.assignee) onChange({ group, assignee })
    onEnd()
  }
  return (
    <form className={styles['assign']} onSubmit={save}>
      <input
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader has just asked for it
        autoFocus
        className={controls['input']}
        aria-label="Assign to, empty for no one"
        placeholder="name, or empty"
        value={name}
        maxLength={NAME_MAX}
        onChange={({ target }) => setName(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && onEnd()}
        onBlur={onEnd}
      />
    </form>
  )
}
