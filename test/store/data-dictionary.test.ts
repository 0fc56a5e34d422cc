import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { columnOf } from '../../src/record/columns.ts'
import { FIELDS } from '../../src/record/fields.ts'
import { ATTRIBUTE_FIELDS, FIELD_NAMES } from '../../src/record/record.ts'
import { renderPage } from '../../tools/data-dictionary.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
let tables: Map<string, string[][]>
beforeAll(async () => {
  clickhouse = await startClickHouse()
  const text = await readFile(join(import.meta.dirname, '../../docs/data-dictionary.md'), 'utf8')
  tables = new Map(
    text
      .split(/^## /mu)
      .slice(1)
      .map((section) => [section.split('\n')[0] ?? '', rowsOf(section)]),
  )
})
afterAll(() => clickhouse.stop())

/** Cells of the tables of a section, without backquotes; heads and rules left out. */
function rowsOf(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('| `'))
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

async function columnsOf(table: string, kinds: string): Promise<string[][]> {
  const rows = await clickhouse.store.query<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}
       AND ${kinds} ORDER BY position`,
    { table },
  )
  return rows.map(({ name, type }) => [name, type])
}

describe('the data dictionary', () => {
  it('is what the table of fields says (else: node tools/data-dictionary.ts)', () => {
    const { page, wanted } = renderPage()
    expect(page).toBe(wanted)
  })

  it('has every column of code_exec_logs, in order, with its type', async () => {
    const documented = (tables.get('code_exec_logs') ?? []).map(([column, , type]) => [column, type])
    expect(documented).toEqual(await columnsOf('code_exec_logs', "default_kind != 'EPHEMERAL'"))
  })

  it('has the same columns for the view that tools read, which selects them all and each execution once', async () => {
    const byName = (columns: string[][]): string[][] =>
      columns.toSorted(([one = ''], [other = '']) => one.localeCompare(other))
    const stored = await columnsOf('code_exec_logs', "default_kind != 'EPHEMERAL'")
    expect(byName(await columnsOf('code_executions', '1'))).toEqual(byName(stored))
    for (const version of [1, 2])
      await clickhouse.store.command(
        "INSERT INTO code_exec_logs (execution_id, started_at, record_version) SELECT 'twice', 1, {version:UInt8}",
        { version },
      )
    const rows = await clickhouse.store.query<Record<string, unknown>>('SELECT * FROM code_executions')
    expect(rows).toEqual([expect.objectContaining({ execution_id: 'twice', record_version: 2 })])
    expect(Object.keys(rows[0] ?? {})).toHaveLength(stored.length)
  })

  it('names the field of each column, and has every field of the record', () => {
    const documented = (tables.get('code_exec_logs') ?? []).filter(([, field]) => field !== '–')
    const expected = FIELD_NAMES.map((field) => [columnOf(field), field])
    expect(new Map(documented.map(([column, field]) => [column, field]))).toEqual(
      new Map(expected as [string, string][]),
    )
  })

  it('names the attribute each column is filled from', () => {
    const documented = new Map((tables.get('code_exec_logs') ?? []).map((row) => [row[0], row[5]]))
    for (const field of ATTRIBUTE_FIELDS)
      expect(documented.get(columnOf(field))?.split(',')[0]).toBe(FIELDS[field].attribute)
  })

  it('says of every column what it means', () => {
    for (const row of tables.get('code_exec_logs') ?? []) expect(row[4]).toMatch(/\w{3}.*\.$/u)
  })

  it('has the columns of otel_traces that are ours', async () => {
    const documented = (tables.get('otel_traces') ?? []).map(([column, type]) => [column, type])
    expect(documented).toEqual(await columnsOf('otel_traces', "default_kind = 'MATERIALIZED'"))
  })
})
