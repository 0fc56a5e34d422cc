/** Executions as a file of any size. */
import { pipeline } from 'node:stream'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { CapacityError } from '../errors.ts'
import { JsonSource } from '../exact-json.ts'
import { namesWith, type FieldName } from '../record/record.ts'
import type { Store } from '../store/client.ts'
import type { Filter } from '../store/filter.ts'
import { streamExecutions } from '../store/queries/export-executions.ts'
import type { StreamFormat } from '../store/client.ts'
import type { Scope, Window } from '../store/scope.ts'

export const EXPORT_FORMATS = ['ndjson', 'csv', 'parquet'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const FORMATS: Readonly<Record<ExportFormat, StreamFormat>> = {
  ndjson: 'JSONEachRow',
  csv: 'CSVWithNames',
  parquet: 'Parquet',
}

export interface ExportRequest {
  window: Window
  filter: Filter
  fields: readonly FieldName[]
  format: ExportFormat
  /** Compress with gzip; Parquet is compressed already. */
  compression: 'gzip' | null
  /** Ends the export, and its statement in the store. */
  signal: AbortSignal
}

const AT_ONCE_MAX = 4
const FAST = 1
const JSON_FIELDS: ReadonlySet<FieldName> = new Set<FieldName>(namesWith({ type: 'json' }))
let running = 0

/**
 * Begins an export: the statement has been accepted when this resolves. A line of NDJSON is what the list shows of a
 * record. Iterating fails where the export is not whole.
 * @throws {CapacityError} while too many run
 */
export async function exportExecutions(
  { store, scope }: { store: Store; scope: Scope },
  { fields, format, compression, ...query }: ExportRequest,
): Promise<AsyncIterable<Uint8Array>> {
  if (running >= AT_ONCE_MAX)
    throw new CapacityError(`${AT_ONCE_MAX} exports run already`, { retryAfterMs: 5000 })
  running += 1
  const release = once(() => {
    running -= 1
  })
  query.signal.addEventListener('abort', release, { once: true })
  try {
    const ordered = format === 'ndjson' ? jsonLast(fields) : fields
    const rows = await streamExecutions(store, {
      ...query,
      scope,
      fields: ordered,
      format: FORMATS[format],
    })
    const bytes = format === 'ndjson' ? withJsonValues(rows, ordered) : rows
    return whileHeld(compression === null || format === 'parquet' ? bytes : compressed(bytes), release)
  } catch (error) {
    release()
    throw error
  }
}

async function* whileHeld(
  pieces: AsyncIterable<Uint8Array>,
  release: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces
  } finally {
    release()
  }
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (!done) act()
    done = true
  }
}

/** In threads of their own, at a level that keeps up with the store. */
function compressed(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gzip = createGzip({ level: FAST })
  // An error ends the iteration of `gzip`.
  pipeline(Readable.from(pieces), gzip, () => undefined)
  return gzip
}

function jsonLast(fields: readonly FieldName[]): FieldName[] {
  const json = fields.filter((name) => JSON_FIELDS.has(name))
  return [...fields.filter((name) => !JSON_FIELDS.has(name)), ...json]
}

/** Fields that hold JSON as text become the values themselves. */
async function* withJsonValues(
  pieces: AsyncIterable<Uint8Array>,
  fields: readonly FieldName[],
): AsyncGenerator<Uint8Array> {
  const first = fields.find((name) => JSON_FIELDS.has(name))
  if (first === undefined) return yield* pieces
  // The first of them, which are last; within a text the quotes would be escaped.
  const mark = `${fields[0] === first ? '{' : ','}"${first}":`
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of pieces) {
    const lines = `${rest}${decoder.decode(piece, { stream: true })}`.split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) yield Buffer.from(lines.map((line) => `${withValues(line, mark)}\n`).join(''))
  }
  return undefined
}

function withValues(line: string, mark: string): string {
  const at = line.indexOf(mark)
  const tail: Readonly<Record<string, string | null>> = JSON.parse(`{${line.slice(at + 1)}`)
  const members = Object.entries(tail).map(([name, text]) => `"${name}":${toValue(text)}`)
  return `${line.slice(0, at + 1)}${members.join(',')}}`
}

/** A text that was truncated is no JSON any more and stays text. */
function toValue(text: string | null): string {
  if (text === null) return 'null'
  try {
    JSON.parse(text)
    return new JsonSource(text).text
  } catch {
    return JSON.stringify(text)
  }
}
