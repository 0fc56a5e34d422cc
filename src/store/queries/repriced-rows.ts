/** Rows of `code_exec_logs` whose costs are computed again. */
import { COLUMNS } from '../../record/columns.ts'
import type { ExecutionRecord } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { selectList, toClickHouseTime, toRecord, type ExecutionRow } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'
import { COST_FIELDS, PRICED_FIELDS } from '../../cost/pricing.ts'

const READ = ['executionId', ...PRICED_FIELDS, ...COST_FIELDS] as const
export type PricedRow = Pick<ExecutionRecord, (typeof READ)[number]>

/** What was written in place of an executor that was presumed dead has no costs. */
const TRUE_END = 'record_version >= 2'
/** A column of eight bits. */
const VERSION_MAX = 255
/** Computed from others, so that nothing is written to it. */
const NOT_STORED = new Set(['memory_mb'])

/** The next rows behind `after`, in the order of their start. */
export async function readPricedRows(
  store: Store,
  { scope, window, after, limit }: { scope: Scope; window: Window; after: PricedRow | null; limit: number },
): Promise<PricedRow[]> {
  const base = narrow(tenantCondition(scope, window), TRUE_END, { limit })
  const where =
    after === null
      ? base
      : narrow(base, '(started_at, execution_id) > ({afterStart:DateTime64(9)}, {afterId:String})', {
          afterStart: toClickHouseTime(after.startedAt),
          afterId: after.executionId,
        })
  const rows = await store.query<ExecutionRow>(
    `SELECT ${selectList(READ)} FROM code_exec_logs FINAL WHERE ${where.sql}
     ORDER BY started_at, execution_id LIMIT {limit:UInt32}`,
    where.parameters,
  )
  return rows.map((row) => toRecord(row, READ))
}

/**
 * Writes newer versions of rows that differ only in their costs. Their arrival stays, so no listener sees them again.
 * @param rows those whose costs are replaced, in the order of their start
 */
export async function writeNewCosts(
  store: Store,
  { scope, window, rows }: { scope: Scope; window: Window; rows: readonly PricedRow[] },
): Promise<void> {
  const columns = COLUMNS.map(({ name }) => name).filter((name) => !NOT_STORED.has(name))
  const where = narrow(
    tenantCondition(scope, window),
    `started_at >= {first:DateTime64(9)} AND started_at <= {last:DateTime64(9)}
     AND ${TRUE_END} AND has(ids, execution_id)`,
    { first: startOf(rows[0]), last: startOf(rows.at(-1)) },
  )
  await store.command(
    `INSERT INTO code_exec_logs (${columns.join(', ')})
     WITH ${listsOf(rows)}, indexOf(ids, execution_id) AS place
     SELECT ${columns.map((name) => REPLACED[name] ?? name).join(', ')}
     FROM code_exec_logs FINAL WHERE ${where.sql}`,
    where.parameters,
  )
}

const REPLACED: Readonly<Record<string, string>> = {
  cost_run_nano_usd: 'run[place]',
  cost_allocated_nano_usd: 'allocated[place]',
  cost_tokens_nano_usd: 'tokens[place]',
  price_id: 'prices[place]',
  record_version: `toUInt8(least(record_version + 1, ${VERSION_MAX}))`,
}

/** In the statement, because a URL has no room for them; texts as their bytes in hexadecimal digits. */
function listsOf(rows: readonly PricedRow[]): string {
  const amounts = (name: Exclude<(typeof COST_FIELDS)[number], 'priceId'>): string =>
    `CAST([${rows.map((row) => (row[name] === null ? 'NULL' : BigInt(row[name]))).join(', ')}] AS Array(Nullable(Int64)))`
  return [
    `${texts(rows.map(({ executionId }) => executionId))} AS ids`,
    `${amounts('costRunNanoUsd')} AS run`,
    `${amounts('costAllocatedNanoUsd')} AS allocated`,
    `${amounts('costTokensNanoUsd')} AS tokens`,
    `${texts(rows.map(({ priceId }) => priceId))} AS prices`,
  ].join(', ')
}

function texts(list: readonly (string | null)[]): string {
  const digits = list.map((text) => `'${text === null ? '-' : Buffer.from(text).toString('hex')}'`)
  return `arrayMap(h -> if(h = '-', NULL, unhex(h)), [${digits.join(', ')}])`
}

function startOf(row: PricedRow | undefined): string {
  return toClickHouseTime(row?.startedAt ?? '1970-01-01T00:00:00Z')
}
