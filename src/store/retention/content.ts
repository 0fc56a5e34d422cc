/** Content that goes earlier than the executions it is of: a past month's is emptied, its statistics stay. */
import { monthStart } from '../../cost/period.ts'
import { columnOf } from '../../record/columns.ts'
import { BLOB_FIELDS, fieldOf, OPTIONAL_CONTENT } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { rowsOfTable } from '../cluster.ts'
import { narrow, tenantCondition } from '../tenant.ts'

const DAY_MS = 86_400_000
/** `requestLoss` of executions whose content has gone: a replay says so. */
export const CONTENT_EXPIRED = 'content expired'

const COLUMNS = [...OPTIONAL_CONTENT, ...BLOB_FIELDS].map((name) => ({
  column: columnOf(name),
  isNullable: fieldOf(name).column.includes('Nullable'),
}))
const HAS_CONTENT = `or(${COLUMNS.map(({ column, isNullable }) =>
  isNullable ? `isNotNull(${column})` : `notEmpty(${column})`,
).join(', ')})`
/** No TTL of the columns does it: their defaults are computed from attributes that are not stored, so merges would fail. */
const EMPTIED = [
  ...COLUMNS.map(({ column, isNullable }) => `${column} = ${isNullable ? 'NULL' : "''"}`),
  `request_loss = if(isNull(request_loss), NULL, '${CONTENT_EXPIRED}')`,
].join(', ')

/**
 * Empties the content of the months that ended before `now - days`. What arrives for them later is emptied the next time.
 * @param now ms since the epoch
 * @returns the months whose content begins to go, such as `202607`; none while an earlier change is under way
 * @throws {StoreError}
 */
export async function emptyContent(
  store: Store,
  { days, now }: { days: number; now: number },
): Promise<{ months: readonly string[] }> {
  if (await isChanging(store)) return { months: [] }
  const where = narrow(tenantCondition('all', null), 'started_at < fromUnixTimestamp64Milli({endMs:Int64})', {
    endMs: monthStart(now - days * DAY_MS, 0),
  })
  const months = await store.query<{ month: string }>(
    `SELECT toString(toYYYYMM(started_at)) AS month FROM code_exec_logs
     WHERE ${where.sql} AND ${HAS_CONTENT} GROUP BY month ORDER BY month`,
    where.parameters,
  )
  for (const { month } of months)
    await store.command(
      `ALTER TABLE ${rowsOfTable('code_exec_logs', store.cluster)} UPDATE ${EMPTIED} IN PARTITION ${month} WHERE ${HAS_CONTENT}`,
    )
  return { months: months.map(({ month }) => month) }
}

/** Whether rows of executions are being rewritten, which takes as long as it takes to read them. */
async function isChanging(store: Store): Promise<boolean> {
  const [row] = await store.query<{ n: string }>(
    `SELECT count() AS n FROM system.mutations
     WHERE database = currentDatabase() AND table IN ('code_exec_logs', 'code_exec_logs_local') AND NOT is_done`,
  )
  return Number(row?.n) > 0
}
