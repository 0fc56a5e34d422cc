import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { writeFilter } from '../search/filter.ts'

interface ExecutionsLinkProps {
  /** Conditions as the API's `where` has them. */
  where?: readonly string[]
  q?: string | undefined
  /** @default the page's window */
  window?: { from: string; to: string } | undefined
  className?: string | undefined
  title?: string
  children: ReactNode
}

const EVERYTHING: readonly string[] = []

/** From a figure to the executions behind it. */
export function ExecutionsLink({
  where = EVERYTHING,
  q,
  window,
  className,
  title = 'Show these executions',
  children,
}: ExecutionsLinkProps): ReactNode {
  return (
    <Link
      to="/executions"
      search={{
        ...writeFilter({ where, q }),
        ...(window === undefined ? {} : { range: undefined, from: window.from, to: window.to }),
      }}
      className={className}
      title={title}
    >
      {children}
    </Link>
  )
}
