/** The lanes of the engine: each has connections of its own, so that none waits for another's statements. */
import { quoteString } from './quoting.ts'

/**
 * Of the stack itself: `write` inserts and defines, `serve` reads. Of callers: `change` inserts and defines, `people`
 * reads for those with every right, `ask` for all others, `parse` reads what a statement is. `control` kills.
 */
export type Lane = 'write' | 'serve' | 'change' | 'people' | 'ask' | 'parse' | 'control'

/** Statements of a lane that run at once; each holds one of libuv's threads, of which the spawner grants 24. */
export const CONNECTIONS: Readonly<Record<Lane, number>> = {
  write: 2,
  serve: 6,
  change: 1,
  people: 2,
  ask: 3,
  parse: 2,
  control: 1,
}

/** Rows of metadata that callers see: those of their own database, by the name of its column. */
const METADATA: Readonly<Record<string, string>> = {
  tables: 'database',
  columns: 'database',
  databases: 'name',
  parts: 'database',
  parts_columns: 'database',
  projections: 'database',
  data_skipping_indices: 'database',
  dictionaries: 'database',
  merges: 'database',
  mutations: 'database',
  replicas: 'database',
}
const OPEN_METADATA = "(currentDatabase(), 'system', 'information_schema', 'INFORMATION_SCHEMA')"
const FILTERS = Object.entries(METADATA).map(
  ([table, column]) => `'system.${table}':${quoteString(`${column} IN ${OPEN_METADATA}`)}`,
)

const READS_ONLY = { readonly: '2', allow_introspection_functions: '0', implicit_select: '0' }
const WRITES = {
  async_insert: '0',
  allow_introspection_functions: '0',
  implicit_select: '0',
  // A batch of hostile or very old times must not be refused for ever.
  max_partitions_per_insert_block: '0',
  // Rows are values; an expression among them could be a query.
  input_format_values_interpret_expressions: '0',
}
/** What callers' statements may take of the engine's memory, each. */
const CALLER_MEMORY = { max_memory_usage: '1073741824' }

/** What a sort, a join or an aggregation of theirs may spill to the disk, each. */
const CALLER_DISK = { max_temporary_data_on_disk_size_for_query: '4294967296' }

/** What a connection of each lane begins with and returns to. */
export const BASE: Readonly<Record<Lane, Readonly<Record<string, string>>>> = {
  write: WRITES,
  serve: { ...READS_ONLY, max_execution_time: '120', max_result_bytes: '8589934592' },
  change: { ...WRITES, ...CALLER_MEMORY },
  people: {
    ...READS_ONLY,
    ...CALLER_MEMORY,
    ...CALLER_DISK,
    max_execution_time: '120',
    max_result_bytes: '2147483648',
  },
  ask: {
    ...READS_ONLY,
    ...CALLER_MEMORY,
    ...CALLER_DISK,
    max_execution_time: '30',
    max_result_rows: '1000000',
    max_result_bytes: '268435456',
    additional_table_filters: `{${FILTERS.join(',')}}`,
  },
  parse: { ...READS_ONLY, ...CALLER_MEMORY, max_execution_time: '10' },
  control: {},
}
