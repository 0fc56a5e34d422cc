/** One agent: its figures over time, its versions, its latency and what differs in a part of it, errors, recent runs. */
import type { ReactNode } from 'react'
import { Breakdown } from '../../components/breakdown.tsx'
import { Card } from '../../components/card.tsx'
import { ChartsOverTime } from '../../components/charts-over-time.tsx'
import { ErrorList } from '../../components/error-list.tsx'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { FigureRow } from '../../components/figure-row.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { NothingHere } from '../../components/nothing-here.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { useWindowWords } from '../../components/window-words.ts'
import { agentCharts } from '../../data/charts.ts'
import { groupRows, viewFigures } from '../../data/figures.ts'
import { useQuestion } from '../../data/queries.ts'
import { agentOf, NO_AGENT } from '../../search/agent-address.ts'
import { conditionOf, useFilter } from '../../search/filter.ts'
import styles from './agent.module.css'
import { Latency } from './latency.tsx'
import { RecentRuns } from './recent-runs.tsx'
import type { AgentPart } from './part.ts'
import { Versions } from './versions.tsx'
import { usePageParams, usePageSearch } from '../../search/page-address.ts'

export function Page(): ReactNode {
  const { id: inPath = '' } = usePageParams()
  const { id: inQuery } = usePageSearch()
  const agentId = agentOf(inPath, inQuery)
  const own = conditionOf('codeAgentId', agentId, '=')
  const filter = useFilter()
  const words = useWindowWords()
  const part: AgentPart = {
    agentId,
    own,
    where: [own, ...filter.where],
    q: filter.q,
    words,
  }
  return (
    <>
      <PageHeader title={agentId ?? NO_AGENT}>
        <ExecutionsLink where={part.where} q={part.q}>
          All executions
        </ExecutionsLink>
      </PageHeader>
      <FilterBar />
      <div className={styles['page']}>
        <Agent {...part} />
      </div>
    </>
  )
}

function Agent(part: AgentPart): ReactNode {
  const { where, q, own } = part
  const stats = useQuestion('getStats', {
    where,
    q,
    groupBy: 'codeAgentVersion',
    compare: 'previous',
    limit: 20,
  })
  return (
    <>
      <Answered question={stats} what="the agent's figures">
        {({ total, previous }) =>
          total.count === 0 ? (
            <NothingHere where={own} />
          ) : (
            <FigureRow figures={viewFigures(total, previous?.total)} where={where} q={q} />
          )
        }
      </Answered>
      {stats.data !== undefined && stats.data.total.count > 0 && (
        <>
          <Series {...part} />
          <Latency {...part} />
          <Versions {...part} rows={groupRows(stats.data, 'codeAgentVersion')} />
          <div className={styles['pair']}>
            <Nodes {...part} />
            <Errors {...part} />
          </div>
          <RecentRuns {...part} />
        </>
      )}
    </>
  )
}

function Series({ where, q, words }: AgentPart): ReactNode {
  const series = useQuestion('getTimeseries', { where, q })
  return <ChartsOverTime question={series} chartsOf={agentCharts} words={words} where={where} />
}

function Nodes({ where, q, words }: AgentPart): ReactNode {
  const runtimes = useQuestion('getStats', { where, q, groupBy: 'runtime', compare: 'previous', limit: 8 })
  const languages = useQuestion('getStats', { where, q, groupBy: 'language', compare: 'previous', limit: 8 })
  return (
    <Card title="By runtime and language" note={words}>
      <Answered question={runtimes} what="runtimes">
        {(answer) => (
          <Breakdown title="Runtime" field="runtime" rows={groupRows(answer, 'runtime')} where={where} />
        )}
      </Answered>
      <Answered question={languages} what="languages">
        {(answer) => (
          <Breakdown title="Language" field="language" rows={groupRows(answer, 'language')} where={where} />
        )}
      </Answered>
    </Card>
  )
}

function Errors({ where, q, words }: AgentPart): ReactNode {
  const errors = useQuestion('getErrors', { where, q, order: 'count', limit: 20 })
  return (
    <Card title="Errors" note={words}>
      <Answered question={errors} what="errors">
        {({ data }) => <ErrorList errors={data} none="It had no error in this window." />}
      </Answered>
    </Card>
  )
}
