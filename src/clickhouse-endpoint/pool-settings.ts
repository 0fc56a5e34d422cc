/** Pools of connections to the engine, with their sizes and settings. No pool waits for the statements of another. */
import { ALL_ROWS, NO_ROWS, ROWS_SETTING } from './caller-rows.ts'
import { quoteString } from './quoting.ts'

/**
 * `internal` pools are for the service and the Collector, the others for users. `adminRead` is for users with full access,
 * `userRead` for those who only read, `callerRead` for callers of the service; `parse` parses their statements. `control` kills statements.
 */
export type PoolName =
  | 'internalWrite'
  | 'internalRead'
  | 'userWrite'
  | 'adminRead'
  | 'userRead'
  | 'callerRead'
  | 'parse'
  | 'control'

/** Has no effect without a cluster, so its value identifies the connection in `system.processes`. */
export const CONNECTION_ID_SETTING = 'distributed_ddl_task_timeout'

/** Connections of each pool. A running statement occupies one of the 24 threads of libuv that the parent process sets. */
export const POOL_SIZES: Readonly<Record<PoolName, number>> = {
  internalWrite: 2,
  internalRead: 6,
  userWrite: 1,
  adminRead: 2,
  userRead: 3,
  callerRead: 3,
  parse: 2,
  control: 1,
}

/** System tables in which users see only the rows of their own database, and the column with its name. */
const DATABASE_COLUMNS: Readonly<Record<string, string>> = {
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
const VISIBLE_DATABASES = "(currentDatabase(), 'system', 'information_schema', 'INFORMATION_SCHEMA')"
const ROW_FILTERS = Object.entries(DATABASE_COLUMNS).map(
  ([table, column]) => `'system.${table}':${quoteString(`${column} IN ${VISIBLE_DATABASES}`)}`,
)

const SEES_ALL = { [ROWS_SETTING]: ALL_ROWS }
const READ_SETTINGS = { ...SEES_ALL, readonly: '2', allow_introspection_functions: '0', implicit_select: '0' }
const WRITE_SETTINGS = {
  ...SEES_ALL,
  async_insert: '0',
  allow_introspection_functions: '0',
  implicit_select: '0',
  // Otherwise a batch with hostile or very old times would always fail.
  max_partitions_per_insert_block: '0',
  // An expression in the rows could be a query.
  input_format_values_interpret_expressions: '0',
}
/** Maximum of the engine's memory for one statement of a user. */
const USER_MEMORY = { max_memory_usage: '1073741824' }

/** What a sort, a join or an aggregation of theirs may spill to the disk, each. */
const CALLER_DISK = { max_temporary_data_on_disk_size_for_query: '4294967296' }

/** Settings of the connections of each pool; a statement's own settings are reset to them. */
export const BASE_SETTINGS: Readonly<Record<PoolName, Readonly<Record<string, string>>>> = {
  internalWrite: WRITE_SETTINGS,
  internalRead: { ...READ_SETTINGS, max_execution_time: '120', max_result_bytes: '8589934592' },
  userWrite: { ...WRITE_SETTINGS, ...USER_MEMORY },
  adminRead: {
    ...READ_SETTINGS,
    ...USER_MEMORY,
    ...CALLER_DISK,
    max_execution_time: '120',
    max_result_bytes: '2147483648',
  },
  userRead: {
    ...READ_SETTINGS,
    ...USER_MEMORY,
    ...CALLER_DISK,
    max_execution_time: '30',
    max_result_rows: '1000000',
    max_result_bytes: '268435456',
    additional_table_filters: `{${ROW_FILTERS.join(',')}}`,
  },
  callerRead: {
    ...READ_SETTINGS,
    ...USER_MEMORY,
    ...CALLER_DISK,
    [ROWS_SETTING]: NO_ROWS,
    max_execution_time: '30',
    max_result_rows: '100000',
    max_result_bytes: '67108864',
    // It would be shared with the statements of others.
    use_query_condition_cache: '0',
    use_query_cache: '0',
  },
  parse: { ...READ_SETTINGS, ...USER_MEMORY, max_execution_time: '10' },
  control: {},
}
