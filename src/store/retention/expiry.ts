/** After how many days executions go, as the TTL of the tables that hold their rows or texts of them. */
import type { Store } from '../client.ts'
import { rowsOfTable } from '../cluster.ts'

/** What a row's age is counted from, days that it stays longer, and which rows go. */
const EXPIRING: Readonly<Record<string, { from: string; longer: number; where?: string }>> = {
  code_exec_logs: { from: 'toDateTime(started_at)', longer: 0 },
  otel_traces: { from: 'toDateTime(Timestamp)', longer: 0 },
  // Kept by the day, whose last rows go a day after its first.
  code_exec_rollup_failures: { from: 'bucket', longer: 1 },
  code_exec_rollup_values: { from: 'bucket', longer: 1 },
  // Figures stay, except those with a message of an execution.
  code_exec_rollups: { from: 'bucket', longer: 1, where: "dimension = 'agent.error'" },
}

/** A part is rewritten without what has expired at most so often. */
const REWRITTEN_EVERY_S = 86_400

/**
 * Sets the TTL of the tables; the store removes what has expired while it merges. Where it is set already, nothing is done.
 * @param days after the start of an execution; 'forever' removes the TTL
 * @returns whether anything changed
 * @throws {StoreError}
 */
export async function setExpiry(store: Store, days: number | 'forever'): Promise<{ changed: boolean }> {
  let changed = false
  for (const [table, { from, longer, where }] of Object.entries(EXPIRING)) {
    const alter = `ALTER TABLE ${rowsOfTable(table, store.cluster)}`
    const isSet = await readExpiry(store, table)
    if (days === 'forever') {
      if (isSet === null) continue
      await store.command(`${alter} REMOVE TTL`)
    } else {
      // As the engine writes it.
      const wanted = `${from} + toIntervalDay(${days + longer})${where === undefined ? '' : ` WHERE ${where}`}`
      if (isSet === wanted) continue
      await store.command(`${alter} MODIFY SETTING merge_with_ttl_timeout = ${REWRITTEN_EVERY_S}`)
      await store.command(`${alter} MODIFY TTL ${wanted}`)
    }
    changed = true
  }
  return { changed }
}

/** A sentence about it for the operator. */
export function describeExpiry(days: number | 'forever'): string {
  return days === 'forever'
    ? 'executions stay for ever'
    : `executions go ${days} days after their start, while the store merges`
}

/** Days after which the first executions go, whatever has set them; null: none do. @throws {StoreError} */
export async function readExpiryDays(store: Store): Promise<number | null> {
  const ttl = (await readExpiry(store, 'code_exec_logs')) ?? ''
  const days = [...ttl.matchAll(/toIntervalDay\((?<days>\d+)\)/gu)].map(({ groups }) =>
    Number(groups?.['days']),
  )
  return days.length === 0 ? null : Math.min(...days)
}

const TTL = /\bTTL (?<ttl>.+?)(?: SETTINGS .*)?$/u

/** The TTL in the definition of a table, in ClickHouse's words; null for none. */
export function expiryIn(definition: string): string | null {
  return TTL.exec(definition)?.groups?.['ttl'] ?? null
}

async function readExpiry(store: Store, table: string): Promise<string | null> {
  const [row] = await store.query<{ engine_full: string }>(
    `SELECT engine_full FROM system.tables
     WHERE database = currentDatabase() AND name IN ({table:String}, concat({table:String}, '_local')) AND engine LIKE '%MergeTree'`,
    { table },
  )
  return expiryIn(row?.engine_full ?? '')
}
