import { TABLE_NAMES } from '../backup/contents.ts'
import type { Store } from '../client.ts'
import { expiryIn } from '../retention/expiry.ts'

/** How long a table of the store keeps its rows, and what it holds. */
export interface TableRetention {
  table: string
  /** The TTL in ClickHouse's words, such as `toDateTime(started_at) + toIntervalDay(7)`; null: for ever. */
  ttl: string | null
  /** Rows, with those that a merge is going to replace. */
  rows: number
  /** On disk. On a cluster rows and bytes are those of the server that answers. */
  bytes: number
  /** The partition of the oldest rows, a month such as `202611` or a day such as `2026-11-29`; null without rows. */
  oldestPartition: string | null
}

interface Row {
  table: string
  engine_full: string
  rows: string
  bytes: string
  oldest: string
}

/** The tables with rows of executions, with their current sizes. */
export async function getRetention(store: Store): Promise<TableRetention[]> {
  const rows = await store.query<Row>(
    `SELECT replaceRegexpOne(name, '_local$', '') AS table, engine_full, toString(ifNull(total_rows, 0)) AS rows,
      toString(ifNull(total_bytes, 0)) AS bytes, oldest
     FROM system.tables
     LEFT JOIN (SELECT table AS name, min(partition) AS oldest FROM system.parts
       WHERE active AND database = currentDatabase() GROUP BY name) AS parts USING name
     WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
       AND replaceRegexpOne(name, '_local$', '') IN {tables:Array(String)}
     ORDER BY name`,
    { tables: TABLE_NAMES.options },
  )
  return rows.map(({ table, engine_full: engine, rows: count, bytes, oldest }) => ({
    table,
    ttl: expiryIn(engine),
    rows: Number(count),
    bytes: Number(bytes),
    oldestPartition: oldest === '' ? null : oldest,
  }))
}
