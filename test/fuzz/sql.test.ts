/**
 * Random statements against a real endpoint without its sandbox: what the policy lets through reaches no file and no network,
 * every answer is its own, and the engine goes on. `FUZZ_MS=100000 npm test -- test/fuzz/sql.test.ts` runs five minutes.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { BUDGET_MS, fuzz } from './fuzz.ts'
import type { Reach } from './sql-pieces.ts'
import { statements, type FuzzedStatement } from './sql-statements.ts'

const SQL_MS = 3 * BUDGET_MS
const SECRET = `canary-${randomUUID()}`
/** As an answer could show it. */
const SHOWN = [
  SECRET,
  Buffer.from(SECRET).toString('hex'),
  Buffer.from(SECRET).toString('base64').slice(0, -4),
]
const WORD = /zq[0-9a-f]{16}qz/gu

let clickhouse: RunningClickHouse
let home: Awaited<ReturnType<typeof temporaryDirectory>>
let reach: Reach
const connections: string[] = []
const listener = createServer((socket) => {
  connections.push(String(socket.remotePort))
  socket.destroy()
})

beforeAll(async () => {
  home = await temporaryDirectory()
  clickhouse = await startClickHouse()
  await writeFile(join(home.path, 'canary'), `${SECRET}\n`)
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const select = async (query: string): Promise<string[]> =>
    (await (await askClickHouse(clickhouse, { query })).text()).trim().split('\n')
  await clickhouse.store.command('CREATE TABLE kept (a String, b UInt8) ENGINE = MergeTree ORDER BY a')
  await clickhouse.store.command("INSERT INTO kept SELECT 'x', 1")
  reach = {
    file: join(home.path, 'canary'),
    out: join(home.path, 'out'),
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/canary`,
    functions: await select('SELECT name FROM system.functions'),
    tableFunctions: await select('SELECT name FROM system.table_functions'),
    formats: await select('SELECT name FROM system.formats WHERE is_output'),
  }
})
afterAll(async () => {
  listener.close()
  await clickhouse.stop()
  await home[Symbol.asyncDispose]()
})

async function ask({ format, method, search, sql, who }: FuzzedStatement): Promise<string> {
  const inUrl = method === 'GET' ? { query: sql } : {}
  const answer = await askClickHouse(
    clickhouse,
    { max_execution_time: '1', ...search, ...inUrl, default_format: format },
    {
      method,
      headers: keyOf(who),
      signal: AbortSignal.timeout(30_000),
      ...(method === 'POST' && { body: sql }),
    },
  )
  return Buffer.from(await answer.arrayBuffer()).toString('latin1')
}

async function expectAlive(): Promise<void> {
  expect([clickhouse.process.exitCode, clickhouse.process.signalCode]).toEqual([null, null])
  for (const who of ['full', 'caller', 'read'] as const) {
    const word = randomUUID()
    // The short limit of the others is too short for any statement on a loaded machine.
    const search = { max_execution_time: '30' }
    const one = { format: 'TSV', method: 'POST', search, sql: `SELECT '${word}'`, who } as const
    expect(await ask(one)).toBe(`${word}\n`)
  }
}

function expectOwn(text: string, sql: string): void {
  for (const shown of SHOWN) expect(text.includes(shown), `the file is in the answer to ${sql}`).toBe(false)
  // A definition of another statement may be read, and then holds its word; all else is of the statement itself.
  const isDefinition = /\b(?:seen|made2?|kept)\b|SHOW|system\.tables/u.test(sql)
  const strange = (text.match(WORD) ?? []).filter((word) => !sql.includes(word))
  expect(isDefinition ? [] : strange, `another answer is in that to ${sql}`).toEqual([])
}

it(
  'statements at random read no file, write none, connect nowhere, and get their own answers',
  { timeout: SQL_MS + 300_000 },
  async () => {
    const word = fc.noShrink(
      fc
        .bigInt({ min: 0n, max: 2n ** 64n - 1n })
        .map((value) => `zq${value.toString(16).padStart(16, '0')}qz`),
    )
    const counts = { asked: 0, answered: 0 }
    await fuzz(
      fc.asyncProperty(fc.array(statements(reach, word), { minLength: 4, maxLength: 8 }), async (list) => {
        const texts = await Promise.all(list.map((statement) => ask(statement)))
        for (const [index, text] of texts.entries()) {
          const { sql = '' } = list[index] ?? {}
          expectOwn(text, sql)
          counts.asked += 1
          if (!text.includes('DB::Exception')) counts.answered += 1
        }
        expect(connections).toEqual([])
        expect(existsSync(reach.out)).toBe(false)
        await expectAlive()
      }),
      SQL_MS,
    )
    process.stdout.write(`fuzz: ${counts.asked} statements, ${counts.answered} answered\n`)
    expect(counts.answered).toBeGreaterThanOrEqual(Math.floor(counts.asked / 50))
  },
)
