/** Which row the keys act on, and which execution is opened beside the list. */
import { useNavigate, useParams } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { afterPaint } from '../../after-paint.ts'
import type { Row } from './execution-list.ts'

export interface Cursor {
  active: string | null
  /** In the address. */
  opened: string | null
  /** Place of the opened or active row in the list, from 1; null where the list does not have it. */
  place: number | null
  /** To the next row or the one before; what is opened goes along. */
  move: (by: 1 | -1) => void
  open: (executionId: string) => void
  close: () => void
  /** Closes what is opened, else lets go of the active row. */
  leave: () => void
}

export function useCursor(rows: readonly Row[]): Cursor {
  const { id: opened = null } = useParams({ strict: false })
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<string | null>(null)
  const [opening, setOpening] = useState<string | null>(null)
  const callOff = useRef<() => void>(() => undefined)
  useEffect(() => () => callOff.current(), [])
  const active = opening ?? opened ?? chosen
  const open = useCallback(
    (id: string): void => {
      setChosen(id)
      setOpening(id)
      callOff.current()
      // The row is marked first: rendering what stands beside the list takes longer than a key may.
      callOff.current = afterPaint(() => {
        setOpening(null)
        // One step of the browser's history leads back to the list, however many were looked at.
        void navigate({ to: '/executions/$id', params: { id }, search: true, replace: opened !== null })
      })
    },
    [navigate, opened],
  )
  const close = (): void => {
    callOff.current()
    setOpening(null)
    void navigate({ to: '/executions', search: true })
  }
  const isOpen = opened !== null || opening !== null
  const place = rows.findIndex(({ executionId }) => executionId === active)
  const move = (by: 1 | -1): void => {
    const next = rows[place === -1 ? 0 : place + by]?.executionId
    if (next === undefined) return
    if (isOpen) open(next)
    else setChosen(next)
  }
  const leave = (): void => (isOpen ? close() : setChosen(null))
  return { active, opened, place: place === -1 ? null : place + 1, move, open, close, leave }
}
