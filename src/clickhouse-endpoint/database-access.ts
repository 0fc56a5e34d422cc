/** Which databases and tables a statement may name. */
import { denied } from './refusal.ts'
import { isMark, isName, isWord, upper, type Token } from './tokens.ts'

/** `caller`: only the rows that the request names, see caller-rows.ts. */
export type Access = 'full' | 'read' | 'caller'

/**
 * Closed to every user: chDB's `default` exposes the host's files as tables; the other holds what connections share.
 */
const CLOSED_TO_ALL: ReadonlySet<string> = new Set(['default', '_temporary_and_external_tables'])

/** System tables without paths, users or statements of others. */
const OPEN_SYSTEM_TABLES: ReadonlySet<string> = new Set([
  'aggregate_function_combinators',
  'build_options',
  'clusters',
  'codecs',
  'collations',
  'columns',
  'contributors',
  'data_skipping_indices',
  'data_type_families',
  'databases',
  'dictionaries',
  'formats',
  'functions',
  'keywords',
  'licenses',
  'merge_tree_settings',
  'merges',
  'mutations',
  'numbers',
  'numbers_mt',
  'one',
  'parts',
  'parts_columns',
  'processes',
  'projections',
  'replicas',
  'settings',
  'table_engines',
  'table_functions',
  'tables',
  'time_zones',
  'zeros',
  'zeros_mt',
])

/** Statements that name databases without a dot. */
const DATABASE_ALONE: ReadonlySet<string> = new Set(['SHOW', 'EXISTS', 'DESCRIBE'])

export interface Databases {
  /** All databases, in lower case. */
  databases: ReadonlySet<string>
  /** All databases except the endpoint's own, in lower case. */
  others: ReadonlySet<string>
}

/** Refuses a statement by the databases it names. @throws {RefusedStatement} code 497 */
export function checkNames(tokens: readonly Token[], access: Access, databases: Databases): void {
  const isAlone = DATABASE_ALONE.has(upper(tokens[0])) || isWord(tokens[1], 'DATABASE')
  for (const [index, token] of tokens.entries()) {
    if (!isName(token)) continue
    const name = token.text.toLowerCase()
    const isQualifier = isMark(tokens[index + 1], '.') && !isMark(tokens[index - 1], '.')
    if (!isQualifier && !isAlone) continue
    const table = isQualifier ? (tokens[index + 2]?.text.toLowerCase() ?? '') : null
    if (!isOpen(name, table, access, databases)) {
      throw denied(`${table === null ? token.text : `${token.text}.${table}`} is not open to queries`)
    }
  }
}

/** Refuses a request by its database. @throws {RefusedStatement} code 497 */
export function checkDatabase(database: string, access: Access, own: string): void {
  const isClosed = CLOSED_TO_ALL.has(database.toLowerCase())
  if (isClosed || (access !== 'full' && database !== own))
    throw denied(`database ${database} is not open to queries; connect to ${own}`)
}

function isOpen(name: string, table: string | null, access: Access, { others }: Databases): boolean {
  if (CLOSED_TO_ALL.has(name)) return false
  if (access === 'full' || !others.has(name) || name === 'information_schema') return true
  return name === 'system' && (table === null || OPEN_SYSTEM_TABLES.has(table))
}
