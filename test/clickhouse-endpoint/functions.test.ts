import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REFUSED_FUNCTIONS } from '../../src/clickhouse-endpoint/refused-functions.ts'
import { askClickHouse, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

const FOLDER = join(import.meta.dirname, '../../src/clickhouse-endpoint')
/** A name where no function may take it for one to call. */
const LATER_ARGUMENTS = ["['A'], lower", "1, lower, ['A']", "x -> x, ['A'], lower"]
let clickhouse: RunningClickHouse
let known: string[]
let reviewed: string[]
beforeAll(async () => {
  clickhouse = await startClickHouse()
  const rows = await clickhouse.store.query<{ name: string }>(
    'SELECT DISTINCT lower(name) AS name FROM system.functions',
    {},
  )
  known = rows.map(({ name }) => name)
  reviewed = (await readFile(join(FOLDER, 'reviewed-functions.txt'), 'utf8')).trim().split(/\s+/u)
})
afterAll(() => clickhouse.stop())

describe('the lists of functions', () => {
  const isRefused = (name: string): boolean => REFUSED_FUNCTIONS.some(({ names }) => names.test(name))

  it('hold every function of the engine, each on one side', () => {
    const open = new Set(reviewed)
    expect(known.filter((name) => open.has(name) === isRefused(name))).toEqual([])
  })

  it('hold no name the engine does not have, and none twice', () => {
    const engine = new Set(known)
    expect(reviewed.filter((name) => !engine.has(name))).toEqual([])
    expect(new Set(reviewed).size).toBe(reviewed.length)
    expect(REFUSED_FUNCTIONS.filter(({ names }) => !known.some((name) => names.test(name)))).toEqual([])
  })

  it('have no function that calls another by its name, but array… and map… their first argument', async () => {
    const open = new Set(reviewed)
    const rows = await clickhouse.store.query<{ name: string }>('SELECT name FROM system.functions')
    const calls = rows
      .filter(({ name }) => open.has(name.toLowerCase()))
      .flatMap(({ name }) => {
        const lists = /^(?:array|map)/iu.test(name) ? LATER_ARGUMENTS : ["lower, ['A']"]
        return lists.map((list) => `\`${name}\`(${list})`)
      })
    const called: string[] = []
    const lane = async (): Promise<void> => {
      for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
        const answer = await askClickHouse(clickhouse, { query: `SELECT toString(${call})` })
        if (answer.status === 200) called.push(`${call} = ${await answer.text()}`)
        else await answer.arrayBuffer()
      }
    }
    await Promise.all(Array.from({ length: 6 }, lane))
    expect(called).toEqual([])
  })
})
