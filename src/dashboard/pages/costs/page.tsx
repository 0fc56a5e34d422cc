/** What executions cost, by whom, what the month is going to cost, and what it may. */
import type { ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty, NothingMatches } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useWindowWords } from '../../components/window-words.ts'
import { useQuestion } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { Budgets } from './budgets.tsx'
import { CsvButton } from './csv-button.tsx'
import { GROUPS, readGroup, type GroupTab } from './fields.ts'
import { GroupTable } from './group-table.tsx'
import { OverTime } from './over-time.tsx'
import styles from './costs.module.css'
import { Totals } from './totals.tsx'
import { Unpriced } from './unpriced.tsx'
import { WhatIf } from './what-if.tsx'

const LIMIT = 20

export function Page(): ReactNode {
  const { by } = usePageSearch()
  const tab = readGroup(by)
  return (
    <>
      <PageHeader title="Costs" />
      <Tabs label="Group" name="by" tabs={GROUPS} shown={tab.value} />
      <FilterBar />
      <div className={styles['page']}>
        <Spending tab={tab} />
        <Budgets />
      </div>
    </>
  )
}

function Spending({ tab }: { tab: GroupTab }): ReactNode {
  const words = useWindowWords()
  const { where, q, clear } = useFilter()
  const costs = useQuestion('getCosts', { where, q, groupBy: tab.value, limit: LIMIT, compare: 'previous' })
  return (
    <Answered question={costs} what="costs">
      {(report) => {
        if (report.total.count === 0)
          return where.length > 0 || q !== undefined ? (
            <NothingMatches what="executions" onClear={clear} />
          ) : (
            <NothingRan />
          )
        return (
          <div className={styles['page']}>
            <Totals report={report} />
            <Unpriced total={report.total} />
            <OverTime tab={tab} words={words} />
            <Card title={`By ${tab.title.toLowerCase()}`} note={words} actions={<CsvButton tab={tab} />}>
              <GroupTable report={report} tab={tab} />
            </Card>
            <WhatIf words={words} />
          </div>
        )
      }}
    </Answered>
  )
}

function NothingRan(): ReactNode {
  return (
    <Empty
      title="Nothing ran in this window, so it cost nothing"
      command="exectrail run -l python -e 'print(1)' --agent summer"
    >
      <p>A longer window, at the top, shows older executions.</p>
    </Empty>
  )
}
