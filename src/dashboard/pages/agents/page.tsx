/** All agents with their figures and how they went over the window. */
import type { ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { NothingHere } from '../../components/nothing-here.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { againstBefore, useWindowWords } from '../../components/window-words.ts'
import type { Operations } from '../../../client/index.ts'
import { formatCount } from '../../../format.ts'
import { groupRows } from '../../data/figures.ts'
import { useQuestion } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'
import { AgentTable } from './agent-table.tsx'
import { readOrder, sortRows, toApiOrder, type AgentOrder } from './agent-order.ts'
import styles from './agents.module.css'
import { usePageSearch } from '../../search/page-address.ts'

/** The API's bound. */
const AGENTS_MAX = 200
const TREND = 24

export function Page(): ReactNode {
  const words = useWindowWords()
  const { order: given } = usePageSearch()
  const order = readOrder(given)
  const { where, q } = useFilter()
  const stats = useQuestion('getStats', {
    where,
    q,
    groupBy: 'codeAgentId',
    order: toApiOrder(order),
    compare: 'previous',
    limit: AGENTS_MAX,
    trend: TREND,
  })
  return (
    <>
      <PageHeader title="Agents" />
      <FilterBar />
      <div className={styles['page']}>
        <Answered question={stats} what="agents">
          {(answer) => <Agents answer={answer} order={order} words={words} />}
        </Answered>
      </div>
    </>
  )
}

function Agents({
  answer,
  order,
  words,
}: {
  answer: Operations['getStats']['reply']
  order: AgentOrder
  words: string
}): ReactNode {
  const { where } = useFilter()
  const { total, groups, other } = answer
  if (total.count === 0) return <NothingHere />
  return (
    <Card title={agentsWords(groups.length)} note={againstBefore(words, answer.previous)}>
      <AgentTable rows={sortRows(groupRows(answer, 'codeAgentId'), order)} order={order} where={where} />
      {other !== null && (
        <p className={styles['note']}>
          {formatCount(other.count)} executions are of further agents; another order or a filter shows them.
        </p>
      )}
    </Card>
  )
}

function agentsWords(count: number): string {
  return count === 1 ? '1 agent' : `${formatCount(count)} agents`
}
