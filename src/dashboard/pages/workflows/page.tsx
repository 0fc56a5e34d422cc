/** Runs of workflows, the newest first. */
import { Link } from '@tanstack/react-router'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty, NothingMatches } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import controls from '../../components/controls.module.css'
import { useQuestion } from '../../data/queries.ts'
import type { Search } from '../../search/address.ts'
import { useFilter } from '../../search/filter.ts'
import { RunTable } from './run-table.tsx'
import { readTab, TABS, type Tab } from './tabs.ts'
import styles from './workflows.module.css'
import { usePageSearch } from '../../search/page-address.ts'

const LIMIT = 50

export function Page(): React.ReactNode {
  const { state } = usePageSearch()
  const tab = readTab(state)
  return (
    <>
      <PageHeader title="Workflows" />
      <Tabs label="State" name="state" tabs={TABS} shown={tab.value} />
      <FilterBar />
      <Runs tab={tab} />
    </>
  )
}

function Runs({ tab }: { tab: Tab }): React.ReactNode {
  const { cursor } = usePageSearch()
  const { where, q, clear } = useFilter()
  const at = typeof cursor === 'string' ? cursor : undefined
  const question = useQuestion('listWorkflowExecutions', {
    where,
    q,
    state: tab.states,
    limit: LIMIT,
    cursor: at,
  })
  return (
    <Answered question={question} what="runs of workflows">
      {({ data, window, nextCursor }) => {
        if (data.length > 0)
          return (
            <>
              <RunTable runs={data} window={window} />
              <Pages cursor={at} next={nextCursor} />
            </>
          )
        if (where.length > 0 || q !== undefined) return <NothingMatches what="runs" onClear={clear} />
        return <NoRuns tab={tab} />
      }}
    </Answered>
  )
}

function NoRuns({ tab }: { tab: Tab }): React.ReactNode {
  if (tab.value !== 'all') return <Empty title={`No run of a workflow is ${tab.value} in this window`} />
  return (
    <Empty
      title="No workflow ran in this window"
      command="exectrail run -l python -e 'print(1)' --workflow-execution wf-1 --node first"
    >
      <p>
        Executions with the same <code>workflowExecutionId</code> are one run here. A longer window, at the
        top, shows older ones.
      </p>
    </Empty>
  )
}

function atPlace(cursor: string | undefined) {
  return (rest: Search) => ({ ...rest, cursor })
}

function Pages({ cursor, next }: { cursor: string | undefined; next: string | null }): React.ReactNode {
  if (cursor === undefined && next === null) return null
  return (
    <nav className={styles['pages']} aria-label="Pages of the list">
      {cursor !== undefined && (
        <Link to="." search={atPlace(undefined)} className={controls['button']}>
          Newest
        </Link>
      )}
      {next !== null && (
        <Link to="." search={atPlace(next)} className={controls['button']}>
          Older
        </Link>
      )}
    </nav>
  )
}
