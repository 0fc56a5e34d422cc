/** External tables: rows that are sent with a statement. The endpoint reads them from a file in a WITH clause. */
import { quoteIdentifier, quoteString } from './quoting.ts'
import { RefusedStatement } from './refusal.ts'
import { isMark, isWord, tokenize, upper, type Token } from './tokens.ts'

/** Parameters of a table in the URL or the form, with ClickHouse's names. */
export interface ExternalSpec {
  format?: string
  /** `name Type, …`. */
  structure?: string
  /** `Type, …`, for columns that are named `_1`, `_2`, …. */
  types?: string
}

export interface ExternalTable {
  name: string
  format: string
  /** `name Type, …`: parsed and rewritten, so it contains no expression. */
  structure: string
  data: Blob
}

/** Formats whose rows are plain values; Values and templates may contain expressions. */
const FORMATS =
  /^(?:(?:TabSeparated|TSV)(?:Raw)?(?:WithNames(?:AndTypes)?)?|CSV(?:WithNames(?:AndTypes)?)?|JSON(?:Compact)?(?:Strings)?EachRow|JSONLines|NDJSON|Native|RowBinary(?:WithNames(?:AndTypes)?)?|Parquet|Arrow|ArrowStream|LineAsString)$/u
const MAX_DEPTH = 30
const SPEC = /^(?<table>\w{1,64})_(?<field>format|structure|types)$/u

/** Whether the name is that of a parameter of an external table. */
export function isSpec(name: string): boolean {
  return SPEC.test(name)
}

/** Adds `NAME_format`, `NAME_structure` or `NAME_types` of an external table; false for other names. */
export function addSpec(specs: Map<string, ExternalSpec>, name: string, value: string): boolean {
  const { field, table } = SPEC.exec(name)?.groups ?? {}
  if (field === undefined || table === undefined) return false
  specs.set(table, { ...specs.get(table), [field]: value })
  return true
}

/** @throws {RefusedStatement} code 36 for a table without a structure, 73 for its format, 62 for its structure */
export function readExternalTable(name: string, spec: ExternalSpec | undefined, data: Blob): ExternalTable {
  if (!/^\w{1,64}$/u.test(name) || spec === undefined)
    throw new RefusedStatement(
      36,
      `The form field ${JSON.stringify(name)} is neither query nor param_NAME, and as an external table it has no ${name.slice(0, 64)}_structure`,
    )
  const format = spec.format ?? 'TabSeparated'
  if (!FORMATS.test(format))
    throw new RefusedStatement(73, `Format ${JSON.stringify(format)} is not taken for external tables here`)
  const structure = spec.structure ?? numbered(spec.types ?? '')
  return { name, format, structure: readStructure(structure), data }
}

function numbered(types: string): string {
  return splitColumns(tokenize(types))
    .map((column, index) => `_${index + 1} ${types.slice(column[0]?.start, column.at(-1)?.end)}`)
    .join(', ')
}

/** Only names and types: DEFAULT, ALIAS and other expressions are refused. */
function readStructure(text: string): string {
  const columns = splitColumns(tokenize(text)).map((column) => {
    const [name, ...type] = column
    const isNamed = name?.kind === 'word' || name?.kind === 'quoted'
    if (name === undefined || !isNamed || readType(type, 0, 0) !== type.length) throw badStructure(text)
    return `${quoteIdentifier(name.text)} ${text.slice(type[0]?.start, type.at(-1)?.end)}`
  })
  if (columns.length === 0) throw badStructure(text)
  return columns.join(', ')
}

function badStructure(text: string): RefusedStatement {
  return new RefusedStatement(62, `Not a structure of names and types: ${JSON.stringify(text.slice(0, 200))}`)
}

function splitColumns(tokens: readonly Token[]): Token[][] {
  const columns: Token[][] = []
  let depth = 0
  for (const token of tokens) {
    if (isMark(token, '(')) depth += 1
    if (isMark(token, ')')) depth -= 1
    if (columns.length === 0 || (depth === 0 && isMark(token, ','))) columns.push([])
    if (depth > 0 || !isMark(token, ',')) columns.at(-1)?.push(token)
  }
  return columns
}

/** Reads `Name` or `Name(argument, …)` at `at`. Returns the index after it, or -1. */
function readType(tokens: readonly Token[], at: number, depth: number): number {
  if (tokens[at]?.kind !== 'word' || depth > MAX_DEPTH) return -1
  if (!isMark(tokens[at + 1], '(')) return at + 1
  let next = at + 2
  while (!isMark(tokens[next], ')')) {
    next = readArgument(tokens, next, depth + 1)
    if (next < 0) return -1
    if (isMark(tokens[next], ',')) next += 1
    else if (!isMark(tokens[next], ')')) return -1
  }
  return next + 1
}

/** A type, `name Type`, `name = number`, a number, or a string, of an Enum with its number. */
function readArgument(tokens: readonly Token[], at: number, depth: number): number {
  const [token, second] = tokens.slice(at, at + 2)
  if (token?.kind === 'number') return at + 1
  if (isMark(second, '=') && (token?.kind === 'string' || token?.kind === 'word')) {
    const value = isMark(tokens[at + 2], '-') ? at + 3 : at + 2
    return tokens[value]?.kind === 'number' ? value + 1 : -1
  }
  if (token?.kind === 'string') return at + 1
  const isNamed = second?.kind === 'word' && (token?.kind === 'word' || token?.kind === 'quoted')
  return readType(tokens, isNamed ? at + 1 : at, depth)
}

/**
 * The statement with the tables in a WITH clause, each read from its file.
 * @throws {RefusedStatement} code 48 for a statement that is not a plain SELECT
 */
export function withTables(sql: string, tables: readonly ExternalTable[], paths: readonly string[]): string {
  const [first, second] = tokenize(sql, (tokens) => tokens.length === 2)
  const isWith = isWord(first, 'WITH') && !isWord(second, 'RECURSIVE')
  if (!isWith && !isWord(first, 'SELECT'))
    throw new RefusedStatement(
      48,
      `External tables are served for statements that begin with SELECT or WITH, not ${upper(first)} ${upper(second)}`,
    )
  const named = tables.map(
    ({ format, name, structure }, index) =>
      `${quoteIdentifier(name)} AS (SELECT * FROM file(${[paths[index] ?? '', format, structure].map(quoteString).join(', ')}))`,
  )
  return isWith
    ? `WITH ${named.join(', ')}, ${sql.slice(first?.end).trimStart()}`
    : `WITH ${named.join(', ')} ${sql}`
}
