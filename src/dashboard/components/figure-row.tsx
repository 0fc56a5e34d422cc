/** The figures of a set of executions in a row; each leads to the executions behind it. */
import type { ReactNode } from 'react'
import type { FigureView } from '../data/figures.ts'
import { ExecutionsLink } from './executions-link.tsx'
import { Figure, Figures } from './figure.tsx'

interface FigureRowProps {
  figures: readonly FigureView[]
  /** Conditions and text that the whole set was narrowed by. */
  where: readonly string[]
  q?: string | undefined
  /** More figures, before the others. */
  children?: ReactNode
}

export function FigureRow({ figures, where, q, children }: FigureRowProps): ReactNode {
  return (
    <Figures>
      {children}
      {figures.map(({ label, value, note, change, before, where: own }) => (
        <Figure
          key={label}
          label={label}
          value={
            <ExecutionsLink where={[...where, ...own]} q={q}>
              {value}
            </ExecutionsLink>
          }
          note={note}
          change={change}
          before={before}
        />
      ))}
    </Figures>
  )
}
