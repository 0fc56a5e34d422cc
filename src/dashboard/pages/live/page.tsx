/** Live: what runs now, with its output as it comes. */
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../../../format.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { BoardTable } from './board-table.tsx'
import { rowsOf } from './live-board.ts'
import { OutputSide } from './output-side.tsx'
import styles from './live.module.css'
import { useBoard, type Running } from './use-board.ts'
import { usePageSearch } from '../../search/page-address.ts'

/** Prints a line a second, so that there is something to watch. */
const FIRST_COMMAND = `npx exectrail run -e 'for i in 1 2 3 4 5 6 7 8 9; do echo "$i"; sleep 1; done' --language bash`

export function Page(): ReactNode {
  const { question, board } = useBoard()
  const [selected, select] = useSelected()
  const rows = rowsOf(board)
  return (
    <>
      <PageHeader title="Live">
        {question.data !== undefined && <Counts running={question.data} />}
      </PageHeader>
      <Answered question={question} what="what runs">
        {() => (
          <div className={styles['body']}>
            {rows.length === 0 ? (
              <NothingRuns />
            ) : (
              <BoardTable rows={rows} selected={selected} onSelect={select} />
            )}
            {selected !== null && (
              <OutputSide
                key={selected}
                id={selected}
                row={board.get(selected) ?? null}
                onClose={() => select(undefined)}
              />
            )}
          </div>
        )}
      </Answered>
    </>
  )
}

/** The execution whose output is shown; in the address. */
function useSelected(): [string | null, (id: string | undefined) => void] {
  const { run } = usePageSearch()
  const navigate = useNavigate()
  const select = (id: string | undefined): void =>
    void navigate({
      to: '.',
      replace: true,
      search: (before: Record<string, unknown>) => ({ ...before, run: id }),
    })
  return [typeof run === 'string' && run !== '' ? run : null, select]
}

function NothingRuns(): ReactNode {
  return (
    <Empty title="Nothing runs now" command={FIRST_COMMAND}>
      <p>What you run appears here while it waits, starts and runs.</p>
    </Empty>
  )
}

function Counts({ running: { counts, truncated, data } }: { running: Running }): ReactNode {
  const { running, starting, queued, elsewhere } = counts
  const parts = [
    `${formatCount(running)} running`,
    `${formatCount(starting)} starting`,
    `${formatCount(queued)} queued`,
    ...(elsewhere > 0 ? [`${formatCount(elsewhere)} in other executors`] : []),
  ]
  return (
    <p className={styles['counts']}>
      {parts.join(' · ')}
      {truncated && ` (the ${formatCount(data.length)} oldest are listed)`}
    </p>
  )
}
