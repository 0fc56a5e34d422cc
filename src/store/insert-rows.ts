/** Rows from a stream. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ClickHouseClient } from '@clickhouse/client'

/** Resolves when the store has them all; ends `rows` when the store refuses them. */
export async function insertRows(
  client: ClickHouseClient,
  sql: string,
  rows: AsyncIterable<Uint8Array>,
): Promise<void> {
  const values = Readable.from(rows, { objectMode: false })
  const { stream } = await client.exec({ query: `${sql} FORMAT Native`, values })
  await buffer(stream)
}
