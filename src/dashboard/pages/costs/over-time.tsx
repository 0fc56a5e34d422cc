import { useMemo, type ReactNode } from 'react'
import type { Operations } from '../../../client/index.ts'
import { SeriesChart } from '../../charts/series-chart.tsx'
import { Card } from '../../components/card.tsx'
import { Answered } from '../../components/question.tsx'
import { useQuestion } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'
import styles from './costs.module.css'
import type { GroupTab } from './fields.ts'
import { SERIES_MAX, spendSeries } from './series.ts'

type CostSeries = Operations['getCostTimeseries']['reply']

export function OverTime({ tab, words }: { tab: GroupTab; words: string }): ReactNode {
  const { where, q } = useFilter()
  const question = useQuestion('getCostTimeseries', { where, q, groupBy: tab.value, limit: SERIES_MAX })
  return (
    <Answered question={question} what="the chart">
      {(series) => <Chart {...series} words={words} />}
    </Answered>
  )
}

function Chart({ buckets, bucket, words }: CostSeries & { words: string }): ReactNode {
  const series = useMemo(() => spendSeries(buckets), [buckets])
  const note = `${words}, by ${bucket} (UTC), the ${SERIES_MAX} greatest`
  return (
    <Card title="Spend over time" note={note}>
      {series === null ? (
        <p className={styles['none']}>No execution of this window has a known cost.</p>
      ) : (
        <SeriesChart
          label="Spend over time"
          unit="nanoUsd"
          kind="bars"
          buckets={buckets}
          series={series}
          height={180}
        />
      )}
    </Card>
  )
}
