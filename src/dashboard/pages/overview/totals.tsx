import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../../../format.ts'
import { Figure } from '../../components/figure.tsx'
import { FigureRow } from '../../components/figure-row.tsx'
import { Answered } from '../../components/question.tsx'
import { viewFigures } from '../../data/figures.ts'
import { useDirectQuestion } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'
import { useWindow } from '../../search/window.ts'
import { useByField } from './by-field.tsx'

const RUNNING_REFRESH_MS = 5000

/** The figures of all executions of the page, and what runs now. */
export function Totals(): ReactNode {
  const { where, q } = useFilter()
  const stats = useByField('runtime')
  return (
    <Answered question={stats} what="the figures">
      {({ total, previous }) => (
        <FigureRow figures={viewFigures(total, previous?.total)} where={where} q={q}>
          <RunningNow />
        </FigureRow>
      )}
    </Answered>
  )
}

function RunningNow(): ReactNode {
  const { organization } = useWindow()
  const running = useDirectQuestion(
    'listRunning',
    { limit: 1, organization },
    { refreshMs: RUNNING_REFRESH_MS },
  )
  const counts = running.data?.counts
  if (counts === undefined) return <Figure label="Running now" value="–" />
  const { queued, ...others } = counts
  const count = Object.values(others).reduce((sum, one) => sum + one, 0)
  return (
    <Figure
      label="Running now"
      value={<Link to="/live">{formatCount(count)}</Link>}
      note={`${formatCount(queued)} waiting`}
    />
  )
}
