/** The keys of the list: they act on the active row, wherever the focus is outside of fields and dialogs. */
import { useEffect, useEffectEvent } from 'react'
import { SEARCH_FIELD_ID } from '../../components/filter-bar.tsx'
import { isTaken } from '../../components/keys.ts'

export interface ListKeys {
  move: (by: 1 | -1) => void
  open: () => void
  mark: () => void
  /** Goes back a step: closes what is open, then lets go of the active row. */
  leave: () => void
}

export function useListKeys({ move, open, mark, leave }: ListKeys): void {
  const act = useEffectEvent((event: KeyboardEvent): void => {
    const actions: Readonly<Record<string, () => void>> = {
      j: () => move(1),
      ArrowDown: () => move(1),
      k: () => move(-1),
      ArrowUp: () => move(-1),
      Enter: open,
      x: mark,
      Escape: leave,
      '/': () => document.getElementById(SEARCH_FIELD_ID)?.focus(),
    }
    const action = actions[event.key]
    if (action === undefined || isTaken(event) || isOwnKey(event)) return
    event.preventDefault()
    action()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => act(event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}

/** A button or a link answers to the enter key itself; what scrolls, to the arrows. */
function isOwnKey({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (key === 'Enter') return target.closest('button, a, summary, input') !== null
  return (
    key.startsWith('Arrow') && target.closest('[data-own-arrows], [role=radiogroup], [role=tablist]') !== null
  )
}
