/** A backup of the store: files of rows, and the list of these files. */
import { z } from 'zod'

interface BackedUpTable {
  /** Column whose day a row belongs to. */
  time: string
  /** Column that spreads the rows of a day over its files. */
  id: string
}

/** Tables whose rows nothing else can make again; rollups are computed from them. */
export const TABLE_NAMES = z.enum(['code_exec_logs', 'code_exec_events', 'otel_traces'])

export type TableName = z.infer<typeof TABLE_NAMES>

export const BACKED_UP_TABLES: Readonly<Record<TableName, BackedUpTable>> = {
  code_exec_logs: { time: 'started_at', id: 'execution_id' },
  code_exec_events: { time: 'started_at', id: 'execution_id' },
  otel_traces: { time: 'Timestamp', id: 'SpanId' },
}

/** Column names go into statements, file names into paths. */
const columnName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}(?:\.[A-Za-z0-9_]{1,63})?$/u)
const fileName = z.string().regex(/^[a-z_]+-\d{4}-\d\d-\d\d-\d{1,6}\.native\.zst$/u)

export const storeContents = z.object({
  /** Names of the applied migrations. */
  migrations: z.array(z.string()),
  columns: z.record(TABLE_NAMES, z.array(columnName).min(1)),
  files: z.array(
    z.object({
      table: TABLE_NAMES,
      name: fileName,
      /** Bytes of the file. */
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/u),
    }),
  ),
})

export type StoreContents = z.infer<typeof storeContents>
export type StoreFile = StoreContents['files'][number]

/** Called with the number of files that are done, and of all. */
export type Progress = (done: number, of: number) => void
