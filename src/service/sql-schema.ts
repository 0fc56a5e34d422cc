/** The tables that SQL reads, for people and models: columns with units and meaning, and queries to begin with. */
import { COLUMNS, type Column } from '../record/columns.ts'
import { fieldOf } from '../record/record.ts'
import { EXAMPLES } from './sql-examples.ts'
import { SPAN_COLUMNS } from './sql-span-columns.ts'

export interface SqlColumn {
  name: string
  /** ClickHouse's type. */
  type: string
  unit: string | null
  description: string
  /** Every value it may have; null for a column of free values. */
  values: readonly string[] | null
}

export interface SqlTable {
  name: string
  description: string
  /** The column that the window of a query is over. */
  time: string
  columns: readonly SqlColumn[]
  examples: readonly SqlExample[]
}

export interface SqlExample {
  question: string
  query: string
}

export interface SqlSchema {
  dialect: string
  notes: readonly string[]
  tables: readonly SqlTable[]
}

const NOTES = [
  'One SELECT, read-only. Write tables without a database.',
  "A key of an organization or a workspace reads its own rows, in a window: `from` and `to` of the request, by default the last 30 days. An administrator's key reads all rows: put organization_id and a range of started_at into WHERE.",
  'A row that was delivered twice counts once, with and without FINAL.',
  "Absent is NULL, never 0 or an empty text; an execution without an agent has code_agent_id = ''.",
  'Integers of 64 bits are JSON numbers with all their digits; select toString(column) where the reader rounds.',
  'A query has 30 s, 1 GiB of memory and 100,000 rows of an answer.',
]

/** The columns of these tables are those of the record, which `src/record/fields.ts` lists. */
export function sqlSchema(): SqlSchema {
  const record = COLUMNS.map(toSqlColumn)
  return {
    dialect: 'ClickHouse SQL',
    notes: NOTES,
    tables: [
      {
        name: 'code_exec_logs',
        description: 'One row for each execution that ended.',
        time: 'started_at',
        columns: record,
        examples: EXAMPLES.code_exec_logs,
      },
      {
        name: 'code_exec_events',
        description: 'One row for each execution that began, also while it runs; kept for a week.',
        time: 'started_at',
        columns: [...COLUMNS.filter(isOfEvents).map(toSqlColumn), EVENT_NAME],
        examples: EXAMPLES.code_exec_events,
      },
      {
        name: 'otel_traces',
        description: 'One row for each span of an execution; none for a key of a workspace.',
        time: 'Timestamp',
        columns: SPAN_COLUMNS,
        examples: EXAMPLES.otel_traces,
      },
    ],
  }
}

const EVENT_NAME: SqlColumn = {
  name: 'event_name',
  type: 'String',
  unit: null,
  description: 'The event: `code_exec.started`.',
  values: ['code_exec.started'],
}

/** What is known at the start is on the event, except content; the store adds the rest. */
function isOfEvents({ field, name }: Column): boolean {
  if (field === null) return name === 'inserted_at'
  const { atStart, content } = fieldOf(field)
  return (atStart === true && content === undefined) || OF_EVENTS.has(field)
}
const OF_EVENTS: ReadonlySet<string> = new Set(['timestamp', 'traceId', 'spanId'])

function toSqlColumn({ means, name, type, unit, values }: Column): SqlColumn {
  const plain = type.replace(/^LowCardinality\((?<inner>.*)\)$/u, '$<inner>')
  return { name, type: plain, unit: unit ?? null, description: means, values: values ?? null }
}
