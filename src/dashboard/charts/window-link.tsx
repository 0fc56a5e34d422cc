import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTimeFormat } from '../format/time.ts'

/** A stretch of time that becomes the page's window: what brushing does, for the keyboard. */
export function WindowLink({ from, to }: { from: string; to: string }): ReactNode {
  const time = useTimeFormat()
  return (
    <Link
      to="."
      search={({ range: _range, cursor: _cursor, ...rest }: Record<string, unknown>) => ({
        ...rest,
        range: undefined,
        from,
        to,
      })}
      title="Show this time alone"
    >
      {time.span(from, to)}
    </Link>
  )
}
