/** Results of any size as bytes in one of ClickHouse's formats. */
import { randomUUID } from 'node:crypto'
import type { ClickHouseClient } from '@clickhouse/client'
import { StoreError } from '../errors.ts'
import type { StreamOptions } from './client.ts'

/** A server reports an error behind the rows it has sent already. It is held back, and shorter than this. */
const TAIL_BYTES = 32_768
const TAG_HEADER = 'x-clickhouse-exception-tag'
/** What a server without tags appends; a cell of CSV that quotes it ends with a quote. */
const UNTAGGED = /(?:^|\n)Code: \d+\. DB::Exception: [^]*\(version [^()\n]*\([^()\n]*\)\)\s*$/u

/** The result of a statement. Iterating fails where the result is incomplete. */
export async function streamResult(
  client: ClickHouseClient,
  sql: string,
  { parameters, format, signal }: StreamOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const queryId = randomUUID()
  const kill = (): void => {
    // The statement may have ended by itself, and a server that is gone has none.
    const query = `KILL QUERY WHERE query_id = '${queryId}' ASYNC`
    void client.command({ query }).catch(() => undefined)
  }
  signal.addEventListener('abort', kill, { once: true })
  const answer = await client.exec({
    query: `${sql} FORMAT ${format}`,
    query_params: { ...parameters },
    query_id: queryId,
    abort_signal: signal,
    clickhouse_settings: {
      // A column that is shown otherwise than it is stored keeps its name.
      prefer_column_name_to_alias: 1,
      do_not_merge_across_partitions_select_final: 1,
      output_format_json_quote_64bit_integers: 0,
      format_csv_null_representation: '',
      cancel_http_readonly_queries_on_client_close: 1,
    },
  })
  const tag = answer.response_headers[TAG_HEADER]
  return untilError(answer.stream, {
    tag: typeof tag === 'string' ? tag : null,
    ended: () => signal.removeEventListener('abort', kill),
  })
}

/** Passes bytes on, all but the last until it is known that they are no error. */
async function* untilError(
  pieces: AsyncIterable<Uint8Array>,
  { tag, ended }: { tag: string | null; ended: () => void },
): AsyncGenerator<Uint8Array> {
  let tail = Buffer.alloc(0)
  for await (const piece of pieces) {
    tail = Buffer.concat([tail, piece])
    if (tail.length <= TAIL_BYTES) continue
    yield tail.subarray(0, tail.length - TAIL_BYTES)
    tail = tail.subarray(tail.length - TAIL_BYTES)
  }
  ended()
  const message = findError(tail, tag)
  if (message !== null)
    throw new StoreError('store_unavailable', `ClickHouse broke off the result: ${message}`)
  if (tail.length > 0) yield tail
}

function findError(tail: Buffer, tag: string | null): string | null {
  const text = tail.toString('utf8')
  if (tag === null) return UNTAGGED.exec(text)?.[0].trim() ?? null
  const at = text.lastIndexOf(`__exception__\r\n${tag}\r\n`)
  return at === -1 ? null : text.slice(at + tag.length + 17)
}
