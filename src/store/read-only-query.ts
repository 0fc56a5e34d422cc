/** A caller's own read-only statement. */
import { text } from 'node:stream/consumers'
import type { ClickHouseClient } from '@clickhouse/client'
import { StoreError } from '../errors.ts'
import { parseExactly } from '../exact-json.ts'
import { callerSettings } from './caller-statement.ts'
import type { ReadOnlyOptions, ReadOnlyResult } from './client.ts'
import { READ_ONLY_SECONDS } from './store-errors.ts'

/** Its rows and columns. @throws {StoreError} `query_refused` for a statement that asks for a format of its own */
export async function queryReadOnly(
  client: ClickHouseClient,
  query: string,
  { maxRows, rows, signal, readsOnly }: ReadOnlyOptions & { readsOnly: boolean },
): Promise<ReadOnlyResult> {
  // FORMAT cannot be appended: the text may end in a comment, or not be a SELECT.
  const answer = await client.exec({
    query: query.trim().replace(/;+$/u, ''),
    decompress_response_stream: true,
    ...(signal !== undefined && { abort_signal: signal }),
    clickhouse_settings: {
      ...(rows === undefined ? {} : callerSettings(rows)),
      default_format: 'JSON',
      // ClickHouse refuses any change of it to a user who only reads.
      ...(readsOnly ? {} : { readonly: '1' }),
      // Hides duplicate deliveries even when the caller omits FINAL.
      final: 1,
      do_not_merge_across_partitions_select_final: 1,
      max_execution_time: READ_ONLY_SECONDS,
      max_result_rows: String(maxRows),
      result_overflow_mode: 'throw',
      // Turns an error after the first rows into an error response.
      wait_end_of_query: 1,
      output_format_json_quote_64bit_integers: 0,
      output_format_json_quote_decimals: 0,
    },
  })
  const body = await text(answer.stream)
  const format = answer.response_headers['x-clickhouse-format']
  if (format !== undefined && format !== 'JSON') {
    throw new StoreError(
      'query_refused',
      `An answer is JSON here, and the statement asks for ${String(format)}`,
      {
        hint: 'Leave out FORMAT; ClickHouse HTTP, whose URL is in endpoints.json, answers in every format.',
      },
    )
  }
  // The body of a statement without rows may be empty.
  const { data = [], meta = [] } = body.trim() === '' ? {} : parseBody(body)
  return { data, columns: meta }
}

interface JsonBody {
  data?: ReadOnlyResult['data']
  meta?: ReadOnlyResult['columns']
}

function parseBody(body: string): JsonBody {
  return parseExactly(body)
}
