/** The charts of a page, one card each; brushing any of them narrows the page. */
import { Link } from '@tanstack/react-router'
import { Bell } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import type { Operations } from '../../client/index.ts'
import { SeriesChart } from '../charts/series-chart.tsx'
import type { ChartView } from '../data/charts.ts'
import type { Question } from '../data/queries.ts'
import { formatBucket } from '../format/time.ts'
import { Card } from './card.tsx'
import styles from './charts-over-time.module.css'
import controls from './controls.module.css'
import { writeFilter } from '../search/filter.ts'
import { Answered } from './question.tsx'

interface ChartsOverTimeProps {
  question: Question<'getTimeseries'>
  /** A function that stays the same. */
  chartsOf: (buckets: Timeseries['buckets']) => readonly ChartView[]
  /** The window in words. */
  words: string
  /** Of which executions, as the API's `where` has them. @default all */
  where?: readonly string[]
}
type Timeseries = Operations['getTimeseries']['reply']

const ALL: readonly string[] = []

export function ChartsOverTime({ question, ...rest }: ChartsOverTimeProps): ReactNode {
  return (
    <Answered question={question} what="the charts">
      {(series) => <Cards {...series} {...rest} />}
    </Answered>
  )
}

function Cards({
  buckets,
  bucketSeconds,
  chartsOf,
  words,
  where = ALL,
}: Timeseries & Omit<ChartsOverTimeProps, 'question'>): ReactNode {
  const charts = useMemo(() => chartsOf(buckets), [chartsOf, buckets])
  return (
    <div className={styles['charts']}>
      {charts.map(({ title, watch, ...chart }) => (
        <Card
          key={title}
          title={title}
          note={`${words}, by ${formatBucket(bucketSeconds)}`}
          actions={<AlertLink title={title} watch={watch} where={where} />}
        >
          <SeriesChart {...chart} buckets={buckets} />
        </Card>
      ))}
    </div>
  )
}

/** To a new rule over what the chart shows. */
function AlertLink({
  title,
  watch,
  where,
}: Pick<ChartView, 'title' | 'watch'> & { where: readonly string[] }): ReactNode {
  return (
    <Link
      to="/alerts"
      search={{ state: 'rules', watch, ...writeFilter({ where }) }}
      className={controls['button']}
      title={`Alert on ${title}`}
      aria-label={`Alert on ${title}`}
    >
      <Bell size={13} aria-hidden="true" />
    </Link>
  )
}
