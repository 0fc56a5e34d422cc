/**
 * The same rows and questions in Postgres, with the indexes that an expert would make for them: ratios of time and of disk.
 * Postgres is asked directly, exectrail over HTTP through the service. The number is of rows; 1,000,000 unless given.
 */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { startEmbeddedPostgres } from '../src/stack/embedded-postgres.ts'
import type { Store } from '../src/store/client.ts'
import { percentile, printFigures } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import { COLUMNS, DAYS, LARGE_AGENT, LARGE_ORGANIZATION } from './support/store-rows.ts'
import { QUESTIONS } from './support/store-questions.ts'
import { ask, withService } from './support/store-service.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const TIMES = 7
const DAY_MS = 86_400_000
const SETTINGS = {
  shared_buffers: '2GB',
  effective_cache_size: '8GB',
  work_mem: '256MB',
  maintenance_work_mem: '1GB',
  max_wal_size: '8GB',
  max_parallel_workers_per_gather: '2',
  random_page_cost: '1.1',
}

const TYPES: Readonly<Record<string, string>> = {
  success: 'boolean',
  validation_passed: 'boolean',
  attempt: 'integer',
  exit_code: 'integer',
  record_version: 'smallint',
  started_at: 'timestamptz',
  timestamp: 'timestamptz',
  inserted_at: 'timestamptz',
  execution_id: 'uuid',
}

function typeOf(column: string): string {
  if (column.endsWith('_ms')) return 'double precision'
  return TYPES[column] ?? (/(?:_bytes|tokens|_tokens|_used|_usd)$/u.test(column) ? 'bigint' : 'text')
}

const INDEXES = [
  'ALTER TABLE code_exec_logs ADD PRIMARY KEY (execution_id)',
  'CREATE INDEX ON code_exec_logs (organization_id, started_at DESC)',
  'CREATE INDEX ON code_exec_logs (organization_id, code_agent_id, started_at DESC)',
  'CREATE INDEX ON code_exec_logs (started_at DESC)',
  'CREATE INDEX ON code_exec_logs (organization_id, started_at) WHERE error_fingerprint IS NOT NULL',
  'CREATE INDEX ON code_exec_logs (organization_id, workflow_execution_id) WHERE workflow_execution_id IS NOT NULL',
]

const LEVELS = 'ARRAY[0.5, 0.75, 0.9, 0.95, 0.99]'
const percentilesOf = (column: string): string =>
  `avg(${column}), max(${column}), percentile_cont(${LEVELS}) WITHIN GROUP (ORDER BY ${column})`
const FIGURES = `count(*), count(*) FILTER (WHERE success), count(*) FILTER (WHERE validation_passed), count(validation_passed),
  ${['duration_ms', 'queue_ms', 'startup_ms', 'memory_peak_bytes'].map(percentilesOf).join(', ')},
  sum(tokens_used), sum(input_tokens), sum(output_tokens), sum(cost_run_nano_usd), sum(cost_allocated_nano_usd), sum(cost_tokens_nano_usd)`

interface Asked {
  sql: string
  values: readonly unknown[]
}

function window(endMs: number, days: number): [Date, Date] {
  return [new Date(endMs - days * DAY_MS), new Date(endMs)]
}

function agentStats(organization: string, agent: string, days: number, endMs: number): Asked[] {
  const where = 'organization_id = $1 AND code_agent_id = $2 AND started_at >= $3 AND started_at < $4'
  const values = [organization, agent, ...window(endMs, days)]
  return [
    {
      sql: `SELECT outcome, runtime, language, exit_code, ${FIGURES}, min(started_at), max(started_at)
        FROM code_exec_logs WHERE ${where} GROUP BY GROUPING SETS ((), (outcome), (runtime), (language), (exit_code))`,
      values,
    },
    {
      sql: `SELECT error_fingerprint, max(error_message), count(*), max(started_at) FROM code_exec_logs
        WHERE ${where} AND error_fingerprint IS NOT NULL GROUP BY 1 ORDER BY 3 DESC LIMIT 10`,
      values,
    },
  ]
}

const OF_LARGE = 'organization_id = $1 AND started_at >= $2 AND started_at < $3'
const LIST = `SELECT ${COLUMNS.join(', ')} FROM code_exec_logs WHERE ${OF_LARGE}`
const NEWEST = 'ORDER BY started_at DESC, execution_id DESC LIMIT 51'

/** The statements that answer a question of `npm run bench store`, by its name. */
function statements(endMs: number): Readonly<Record<string, readonly Asked[]>> {
  const large = (days: number): unknown[] => [LARGE_ORGANIZATION, ...window(endMs, days)]
  const facet = (column: string): string =>
    `(SELECT '${column}' AS field, ${column}::text AS value, count(*) FROM code_exec_logs WHERE ${OF_LARGE} GROUP BY 2 ORDER BY 3 DESC LIMIT 10)`
  const fields = [
    'outcome',
    'error_type',
    'runtime',
    'language',
    'code_agent_id',
    'code_agent_version',
    'workspace_id',
    'user_id',
    'node_id',
    'model',
  ]
  return {
    'agent stats, usual agent, 30 days': agentStats('org-005', 'agent-003', 30, endMs),
    'agent stats, largest agent, 1 year': agentStats(LARGE_ORGANIZATION, LARGE_AGENT, DAYS, endMs),
    'list, largest organization': [{ sql: `${LIST} ${NEWEST}`, values: large(30) }],
    'list, largest, four filters': [
      {
        sql: `${LIST} AND outcome = 'failure' AND runtime = 'subprocess' AND workspace_id = 'w1' AND language = 'python' ${NEWEST}`,
        values: large(30),
      },
    ],
    'list, largest, longest first': [
      {
        sql: `${LIST} ORDER BY duration_ms DESC, started_at DESC, execution_id DESC LIMIT 51`,
        values: large(30),
      },
    ],
    'timeseries, largest, 30 days': [
      {
        sql: `SELECT date_bin('12 hours', started_at, 'epoch') AS bucket, ${FIGURES} FROM code_exec_logs WHERE ${OF_LARGE} GROUP BY 1`,
        values: large(30),
      },
    ],
    'facets, largest, 30 days': [{ sql: fields.map(facet).join(' UNION ALL '), values: large(30) }],
    'error groups, largest, 7 days': [
      {
        sql: `SELECT error_fingerprint, max(error_message), count(*), min(started_at), max(started_at), count(DISTINCT user_id),
            count(DISTINCT code_agent_id), mode() WITHIN GROUP (ORDER BY code_agent_id)
          FROM code_exec_logs WHERE ${OF_LARGE} AND error_fingerprint IS NOT NULL GROUP BY 1 ORDER BY 3 DESC LIMIT 100`,
        values: large(37),
      },
    ],
  }
}

async function copyRows(store: Store, client: pg.Client, directory: string): Promise<void> {
  const file = join(directory, 'rows.csv')
  await client.query(
    `CREATE TABLE code_exec_logs (${COLUMNS.map((column) => `${column} ${typeOf(column)}`).join(', ')})`,
  )
  const bytes = await store.stream(`SELECT ${COLUMNS.join(', ')} FROM code_exec_logs FINAL`, {
    parameters: {},
    format: 'CSVWithNames',
    signal: new AbortController().signal,
  })
  await pipeline(Readable.from(bytes), createWriteStream(file, { mode: 0o644 }))
  await client.query(`COPY code_exec_logs FROM '${file}' (FORMAT csv, HEADER, NULL '')`)
  await rm(file)
  for (const sql of INDEXES) await client.query(sql)
  await client.query('VACUUM ANALYZE code_exec_logs')
}

async function timeOf(times: number, work: () => Promise<unknown>): Promise<number> {
  await work()
  const waits: number[] = []
  for (let n = 0; n < times; n += 1) {
    const begun = performance.now()
    await work()
    waits.push(performance.now() - begun)
  }
  return percentile(waits, 0.5)
}

async function diskOf(store: Store, client: pg.Client): Promise<[number, number]> {
  const [own] = await store.query<{ bytes: string }>(
    "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase() AND (table = 'code_exec_logs' OR table LIKE 'code_exec_rollup%')",
  )
  const { rows } = await client.query<{ bytes: string }>(
    "SELECT pg_total_relation_size('code_exec_logs') AS bytes",
  )
  return [Number(own?.bytes) / 1e6, Number(rows[0]?.bytes) / 1e6]
}

using home = temporaryHome('exectrail-bench-')
const postgres = await startEmbeddedPostgres({ home: home.path }, SETTINGS)
const client = new pg.Client({ connectionString: postgres.url })
await client.connect()
try {
  await withService(ROWS, home.path, async (service, { store, endMs }) => {
    await copyRows(store, client, home.path)
    const [own, theirs] = await diskOf(store, client)
    printFigures([
      { name: 'disk, exectrail', value: own, unit: 'MB' },
      { name: 'disk, Postgres with its indexes', value: theirs, unit: 'MB' },
      { name: 'ratio of disk', value: theirs / own, unit: '×', target: { atLeast: 5 } },
    ])
    for (const [name, asked] of Object.entries(statements(endMs))) {
      const question = QUESTIONS.find((one) => one.name === name)
      if (question === undefined) throw new Error(`no question is named ${name}`)
      const ms = await timeOf(TIMES, () => ask(service, question, { n: 0, endMs, ids: [] }))
      const pgMs = await timeOf(TIMES, () =>
        Promise.all(asked.map(({ sql, values }) => client.query(sql, [...values]))),
      )
      printFigures([
        { name: `${name}: exectrail`, value: ms, unit: 'ms' },
        { name: `${name}: Postgres`, value: pgMs, unit: 'ms' },
        { name: `${name}: ratio of time`, value: pgMs / ms, unit: '×', target: { atLeast: 20 } },
      ])
    }
  })
} finally {
  await client.end()
  await postgres.process.stop()
  await postgres.release()
}
