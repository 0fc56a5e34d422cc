/** Is it healthy, what runs, who fails and why, how long it takes, what it costs. */
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, type ReactNode } from 'react'
import { ChartsOverTime } from '../../components/charts-over-time.tsx'
import { Card } from '../../components/card.tsx'
import { ErrorList } from '../../components/error-list.tsx'
import { NothingHere } from '../../components/nothing-here.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { againstBefore, useWindowWords } from '../../components/window-words.ts'
import { overviewCharts } from '../../data/charts.ts'
import { groupRows } from '../../data/figures.ts'
import { useQuestion, type Question } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'
import { ByField, useByField } from './by-field.tsx'
import { FailingAgents } from './failing-agents.tsx'
import styles from './overview.module.css'
import { Totals } from './totals.tsx'
import { useFittingWindow } from './use-fitting-window.ts'
import { Verdict } from './verdict.tsx'

const AGENTS = 8
/** Apart from the first page, which seldom has it. */
const FilterBar = lazy(() =>
  import('../../components/filter-bar.tsx').then((part) => ({ default: part.FilterBar })),
)

export function Page(): ReactNode {
  const words = useWindowWords()
  const stats = useByField('runtime')
  const { where, q } = useFilter()
  const series = useQuestion('getTimeseries', { where, q })
  useFittingWindow({ buckets: series.data?.buckets, countBefore: stats.data?.previous?.total.count })
  const isNarrowed = where.length > 0 || q !== undefined
  return (
    <>
      <PageHeader title="Overview">
        <span className={styles['words']}>{againstBefore(words, stats.data?.previous)}</span>
      </PageHeader>
      <div className={styles['page']}>
        {isNarrowed && (
          <Suspense>
            <FilterBar />
          </Suspense>
        )}
        <Verdict />
        {stats.data?.total.count === 0 && !stats.isPlaceholderData ? (
          <NothingHere />
        ) : (
          <Body words={words} series={series} />
        )}
      </div>
    </>
  )
}

function Body({ words, series }: { words: string; series: Question<'getTimeseries'> }): ReactNode {
  return (
    <>
      <Totals />
      <ChartsOverTime question={series} chartsOf={overviewCharts} words={words} />
      <div className={styles['pair']}>
        <ByField title="Runtime" field="runtime" words={words} />
        <ByField title="Language" field="language" words={words} />
        <Agents words={words} />
        <Errors />
      </div>
    </>
  )
}

function Agents({ words }: { words: string }): ReactNode {
  const { where, q } = useFilter()
  const agents = useQuestion('getStats', {
    where,
    q,
    groupBy: 'codeAgentId',
    order: 'failures',
    compare: 'previous',
    limit: AGENTS,
  })
  return (
    <Card title="Agents that fail most" note={words} actions={<Link to="/agents">All agents</Link>}>
      <Answered question={agents} what="agents">
        {(answer) => <FailingAgents rows={groupRows(answer, 'codeAgentId')} where={where} />}
      </Answered>
    </Card>
  )
}

function Errors(): ReactNode {
  const { where, q } = useFilter()
  const health = useQuestion('getHealthReport', { where, q })
  return (
    <Card
      title="New errors"
      note="not seen in the 30 days before the window"
      actions={<Link to="/errors">All errors</Link>}
    >
      <Answered question={health} what="new errors">
        {({ newErrors }) => <ErrorList errors={newErrors} none="No error is new." />}
      </Answered>
    </Card>
  )
}
