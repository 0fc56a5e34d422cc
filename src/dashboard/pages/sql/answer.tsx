import { Download } from 'lucide-react'
import controls from '../../components/controls.module.css'
import { download } from '../../components/download.ts'
import { Empty, Failed, Loading } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { formatCount, formatMs } from '../../../format.ts'
import { useTimeFormat } from '../../format/time.ts'
import { toCsv, toJson } from './cells.ts'
import { AnswerChart } from './answer-chart.tsx'
import { chartOf } from './chart.ts'
import { RowTable } from './row-table.tsx'
import styles from './sql.module.css'
import type { Answered, Sql } from './use-sql.ts'
import { usePageSearch } from '../../search/page-address.ts'

const ROWS_MAX = 100_000
const VIEWS = [
  { value: 'table', title: 'Table' },
  { value: 'chart', title: 'Chart' },
]

export function Answer({ sql }: { sql: Sql }): React.ReactNode {
  const { state, answer, error } = sql
  if (state === 'running') return <Loading what="the answer" />
  if (error !== null) return <Failed error={error} />
  if (answer === undefined) return null
  return <Shown answer={answer} />
}

function Shown({ answer }: { answer: Answered }): React.ReactNode {
  const { view } = usePageSearch()
  const { reply } = answer
  const chart = chartOf(reply)
  const shown = view === 'chart' ? 'chart' : 'table'
  if (reply.data.length === 0)
    return (
      <>
        <Summary answer={answer} />
        <Empty title="The query answers with no rows" />
      </>
    )
  return (
    <>
      <Summary answer={answer} />
      <Tabs label="View" name="view" tabs={VIEWS} shown={shown} />
      {shown === 'table' && <RowTable reply={reply} />}
      {shown === 'chart' && chart === null && (
        <Empty title="There is nothing to draw">
          <p>A chart needs a column of numbers, and a column of times or of names.</p>
        </Empty>
      )}
      {shown === 'chart' && chart !== null && <AnswerChart chart={chart} />}
    </>
  )
}

function Summary({ answer: { reply, tookMs } }: { answer: Answered }): React.ReactNode {
  const time = useTimeFormat()
  const { window, data } = reply
  const rows = `${formatCount(data.length)} ${data.length === 1 ? 'row' : 'rows'}`
  return (
    <p className={styles['summary']}>
      <span>
        {rows}
        {data.length >= ROWS_MAX && ', the most that an answer has'}, {formatMs(tookMs)}, over{' '}
        {window === null ? 'all executions' : time.span(window.from, window.to)}
      </span>
      <Save name="exectrail.csv" title="CSV" make={() => toCsv(reply)} />
      <Save name="exectrail.json" title="JSON" make={() => toJson(reply)} />
    </p>
  )
}

/** Makes the file when it is asked for. */
function Save({ name, title, make }: { name: string; title: string; make: () => string }): React.ReactNode {
  return (
    <button type="button" className={controls['button']} onClick={() => download(name, make())}>
      <Download size={13} aria-hidden="true" />
      <span className="visually-hidden">Download as </span>
      {title}
    </button>
  )
}
