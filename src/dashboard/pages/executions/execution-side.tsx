/** The opened execution beside the list, with the way to the next one of the same filter. */
import { ChevronDown, ChevronUp, X, type LucideIcon } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { formatCount } from '../../../format.ts'
import controls from '../../components/controls.module.css'
import { ExecutionPanel } from '../execution/panel.tsx'
import styles from './page.module.css'
import type { Cursor } from './use-cursor.ts'

export function ExecutionSide({ id, cursor }: { id: string; cursor: Cursor }): ReactNode {
  return (
    <aside className={styles['side']} aria-label="Execution">
      <SideHeader cursor={cursor} />
      <div className={styles['sideBody']}>
        <ShownPanel key={id} id={id} />
      </div>
    </aside>
  )
}

/** Does not change with the cursor. */
const ShownPanel = memo(ExecutionPanel)

function SideHeader({ cursor: { place, move, close } }: { cursor: Cursor }): ReactNode {
  const isFirst = place === null || place === 1
  return (
    <header className={styles['sideHeader']}>
      <IconButton
        name="Previous execution"
        hint="k"
        Icon={ChevronUp}
        isOff={isFirst}
        onClick={() => move(-1)}
      />
      <IconButton name="Next execution" hint="j" Icon={ChevronDown} onClick={() => move(1)} />
      <p>{place === null ? 'Not in the list' : `No. ${formatCount(place)} of the list`}</p>
      <IconButton name="Close" hint="esc" Icon={X} onClick={close} />
    </header>
  )
}

interface IconButtonProps {
  name: string
  /** The key that does the same. */
  hint: string
  Icon: LucideIcon
  isOff?: boolean
  onClick: () => void
}

function IconButton({ name, hint, Icon, isOff, onClick }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={controls['button']}
      aria-label={name}
      title={`${name} (${hint})`}
      disabled={isOff}
      onClick={onClick}
    >
      <Icon size={14} aria-hidden="true" />
    </button>
  )
}
