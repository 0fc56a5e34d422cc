import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COLUMNS, columnOf } from '../../src/record/columns.ts'
import { FIELDS } from '../../src/record/fields.ts'
import { ATTRIBUTE_FIELDS, FIELD_NAMES, fieldOf } from '../../src/record/record.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

interface Described {
  name: string
  type: string
  default_type: string
  default_expression: string
}

let clickhouse: RunningClickHouse
let logs: Described[]
let events: Described[]
beforeAll(async () => {
  clickhouse = await startClickHouse()
  logs = await describeTable('code_exec_logs')
  events = await describeTable('code_exec_events')
})
afterAll(() => clickhouse.stop())

/** The columns the migrations made, without those that are only inserted into. */
async function describeTable(table: string): Promise<Described[]> {
  const rows = await clickhouse.store.query<Described>(`DESCRIBE TABLE ${table}`)
  return rows.filter((row) => row.default_type !== 'EPHEMERAL')
}

const defaultOf = (rows: readonly Described[], column: string): string | undefined =>
  rows.find(({ name }) => name === column)?.default_expression

describe('the table of fields and the migrations', () => {
  it('agree on the columns of code_exec_logs, their order and their types', () => {
    expect(logs.map(({ name, type }) => [name, type])).toEqual(COLUMNS.map(({ name, type }) => [name, type]))
  })

  it('agree on the attribute a column is filled from', () => {
    for (const name of ATTRIBUTE_FIELDS)
      expect(defaultOf(logs, columnOf(name))).toContain(`LogAttributes['${FIELDS[name].attribute}']`)
  })

  it('agree on what may be absent: only the agent, in the sort key, is an empty text then', () => {
    for (const name of FIELD_NAMES.filter((other) => other !== 'codeAgentId'))
      expect(fieldOf(name).column.includes('Nullable'), name).toBe(fieldOf(name).nullable === true)
  })

  it('agree on the columns of code_exec_events: what is known at the start, but no content', () => {
    const known = FIELD_NAMES.filter((name) => fieldOf(name).atStart && fieldOf(name).content === undefined)
    const own = ['event_name', 'timestamp', 'inserted_at', 'trace_id', 'span_id']
    const columns = known.map(columnOf)
    expect(events.map(({ name }) => name).toSorted()).toEqual([...columns, ...own].toSorted())
    for (const column of columns) expect(defaultOf(events, column)).toBe(defaultOf(logs, column))
  })
})
