/** How many executions there were over the window; a brush narrows it. */
import { memo, useMemo, type ReactNode } from 'react'
import type { Series } from '../../charts/series.ts'
import { OUTCOMES } from '../../../record/values.ts'
import { SeriesChart } from '../../charts/series-chart.tsx'
import { Answered } from '../../components/question.tsx'
import { useQuestion } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'
import type { Operations } from '../../../client/types.ts'
import styles from './page.module.css'

const HEIGHT_PX = 84

export const OutcomeHistogram = memo(function OutcomeHistogram(): ReactNode {
  const { where, q } = useFilter()
  const question = useQuestion('getTimeseries', { where, q })
  return (
    <div className={styles['histogram']}>
      <Answered question={question} what="the number of executions over time">
        {(answer) => <Bars answer={answer} />}
      </Answered>
    </div>
  )
})

type Timeseries = Operations['getTimeseries']['reply']

function Bars({ answer: { buckets } }: { answer: Timeseries }): ReactNode {
  const series = useMemo(() => toSeries(buckets), [buckets])
  return (
    <SeriesChart
      label="Executions over time"
      unit="count"
      kind="bars"
      buckets={buckets}
      series={series}
      height={HEIGHT_PX}
    />
  )
}

/** The outcomes that occur, success at the bottom. */
function toSeries(buckets: Timeseries['buckets']): Series[] {
  return OUTCOMES.map((outcome) => ({
    name: outcome,
    colour: `--outcome-${outcome}`,
    values: buckets.map(({ byOutcome }) => byOutcome[outcome]),
  })).filter(({ name, values }) => name === 'success' || values.some((count) => count > 0))
}
