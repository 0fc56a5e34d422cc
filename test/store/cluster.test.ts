/** The tables on a cluster answer as those on one server do. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sample } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Parameters as Bound, Store } from '../../src/store/client.ts'
import { statementsFor } from '../../src/store/cluster.ts'
import { listMigrations, splitStatements } from '../../src/store/migrations.ts'
import { given, QUERIES } from '../support/every-query.ts'
import { openLocalCluster, type LocalCluster } from '../support/local-cluster.ts'
import { DAY, insertOtelRows } from '../support/otel-rows.ts'

let cluster: LocalCluster
beforeAll(async () => {
  cluster = await openLocalCluster()
  for (const store of [cluster.single, cluster.distributed]) {
    await insertOtelRows(store, ROWS)
    // A second delivery.
    await insertOtelRows(store, ROWS.slice(0, 40))
  }
})
afterAll(() => cluster[Symbol.asyncDispose]())

const ROWS = Array.from({ length: 200 }, (_, index) => ({
  executionId: `execution-${index}`,
  startedMs: index * 400_000,
  attributes: {
    'code_exec.runtime': index % 3 === 0 ? 'vm2' : 'subprocess',
    'gen_ai.agent.id': `agent-${index % 5}`,
    'code_exec.duration_ms': `${index}`,
    'code_exec.outcome': index % 7 === 0 ? 'failure' : 'success',
    'code_exec.success': index % 7 === 0 ? 'false' : 'true',
    ...(index % 7 === 0 && { 'error.type': 'exception', 'code_exec.error.fingerprint': `f${index % 2}` }),
  },
}))

it('takes what the Collector inserts through the Distributed table, and shows each execution once', () => {
  const count = (table: string): number => Number(cluster.query(`SELECT count() FROM ${table}`))
  expect(count('distributed.code_exec_logs_local')).toBe(240)
  expect(count('distributed.code_exec_logs FINAL')).toBe(200)
  expect(count('distributed.code_executions')).toBe(200)
})

const FILTERS: Asked['filter'][] = [
  { terms: [], text: undefined },
  { terms: [{ field: 'codeAgentId', operator: '=', values: ['agent-1', 'agent-2'] }], text: undefined },
  { terms: [{ field: 'runtime', operator: '!=', values: ['vm2'] }], text: undefined },
]

type Asked = Parameters<NonNullable<(typeof QUERIES)[string]>>[1]

describe.each(Object.keys(QUERIES))('%s', (file) => {
  it('answers through Distributed tables as on one server', async () => {
    for (const [index, made] of sample(given, { numRuns: FILTERS.length, seed: 1 }).entries()) {
      const asked = {
        ...made,
        scope: { organizationId: 'acme' },
        filter: FILTERS[index] ?? { terms: [], text: undefined },
        text: 'agent-1',
      }
      const one = await answersOf(cluster.single, (store) => QUERIES[file]?.(store, asked))
      expect(await answersOf(cluster.distributed, (store) => QUERIES[file]?.(store, asked))).toEqual(one)
    }
  })
})

it('every statement for a cluster and for its users is one that the engine can parse', async () => {
  const access = await readFile(join(import.meta.dirname, '../../clickhouse/cluster/access.sql'), 'utf8')
  const migrations = (await listMigrations()).flatMap(({ sql }) => splitStatements(sql))
  const statements = [
    ...splitStatements(access),
    ...migrations.flatMap((statement) => statementsFor(statement, 'exectrail')),
  ]
  for (const statement of statements) expect(cluster.query(`EXPLAIN AST ${statement}`)).not.toBe('')
  expect(statements.filter((statement) => statement.includes('ENGINE = Replicated'))).toHaveLength(7)
})

it('has the granules of one server in the tables of its shards', () => {
  const settings =
    "extractAll(engine_full, '(?:index_granularity|merge_max_block_size|min_compress_block_size) = [0-9]+')"
  const of = (database: string, name: string): string =>
    cluster.query(
      `SELECT arraySort(${settings}) FROM system.tables WHERE database = '${database}' AND name = '${name}'`,
    )
  expect(of('distributed', 'code_exec_logs_local')).toContain('index_granularity = 1024')
  for (const table of ['code_exec_logs', 'code_exec_events', 'code_exec_rollups', 'otel_traces'])
    expect(of('distributed', `${table}_local`)).toBe(of('single', table))
})

it('the statements for retention in the docs let rows and bodies go, and no others', async () => {
  const docs = await readFile(join(import.meta.dirname, '../../docs/cluster.md'), 'utf8')
  const [, sql = ''] = /```sql\n([^`]+)```/u.exec(docs) ?? []
  const { single } = cluster
  const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000)
  const row = (organization: string, days: number): Parameters<typeof insertOtelRows>[1][number] => ({
    executionId: `${organization} of ${days} days ago`,
    startedMs: daysAgo(days).getTime() - Date.parse(DAY.from),
    attributes: { 'code_exec.organization.id': organization, 'code_exec.stdout': 'said' },
  })
  await insertOtelRows(single, [row('acme', 150), row('other', 150), row('other', 800)])
  const month = daysAgo(150).toISOString().slice(0, 7).replace('-', '')
  const onOneServer = sql
    .replaceAll('_local ON CLUSTER exectrail', '')
    .replace(/PARTITION \d+/, `PARTITION ${month}`)
  for (const statement of splitStatements(onOneServer))
    await single.command(`${statement} SETTINGS mutations_sync = 2`)
  await single.command('OPTIMIZE TABLE code_exec_logs FINAL')
  expect(
    await single.query(
      "SELECT execution_id, stdout, success FROM code_exec_logs FINAL WHERE execution_id LIKE '% days ago'",
    ),
  ).toEqual([{ execution_id: 'other of 150 days ago', stdout: '', success: true }])
})

it('a statement of a kind that no migration has had is refused, not sent as it is', () => {
  const clone =
    'CREATE OR REPLACE TABLE code_exec_logs CLONE AS code_exec_logs SETTINGS index_granularity = 7'
  for (const statement of ['RENAME TABLE code_exec_logs TO x', clone])
    expect(() => statementsFor(statement, 'c')).toThrow('no form on a cluster')
})

const ARRIVAL = /"(?:arrived_ms|lag)":"?\d+(?:\.\d+)?"?/u

/** What it asked and what the store answered, rows in any order. */
async function answersOf(
  store: Store,
  ask: (store: Store) => Promise<unknown> | undefined,
): Promise<unknown[]> {
  const answers: unknown[] = []
  const query = async <Row>(sql: string, parameters?: Bound): Promise<Row[]> => {
    const rows = await store.query<Row>(sql, parameters)
    answers.push({ sql, rows: rows.map((row) => JSON.stringify(row).replace(ARRIVAL, '')).toSorted() })
    return rows
  }
  await ask({ ...store, query })
  return answers
}
