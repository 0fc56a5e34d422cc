/**
 * Which statements may run. The engine has no users and no access control, so every statement is checked first, in the
 * form in which the engine's own parser writes it: without comments, with uniform quoting, one statement.
 */
import { checkCallerStatement, withoutFinal } from './caller-policy.ts'
import { checkCalls } from './function-calls.ts'
import { checkClauses, killedBy, kindOf, type StatementKind } from './statement-kind.ts'
import type { KnownFunctions } from './functions.ts'
import { checkNames, type Access, type Databases } from './database-access.ts'
import { renameProcesses } from './process-list.ts'
import { RefusedStatement } from './refusal.ts'
import { extractSettings, type ClauseSettings, type StatementWithSettings } from './settings-clause.ts'
import { isMark, isWord, tokenize, upper, type Token } from './tokens.ts'

/** An INSERT whose rows follow the statement. */
export interface InsertData {
  /** Format of the rows. */
  format: string
  /** The statement up to the word FORMAT. */
  head: string
  /** The column list as text; null when there is none or it contains more than names. */
  columns: string | null
}

/** Its settings, those of the SETTINGS clause at its end, are removed from `sql`. */
export interface Statement extends ClauseSettings {
  kind: StatementKind
  sql: string
  /** A SELECT without its FORMAT, whose answer can be written to a file; null for anything else. */
  select: string | null
  /** The format of the FORMAT clause, null without one. */
  format: string | null
  /** Names of `{name:Type}`. */
  placeholders: readonly string[]
  insert: InsertData | null
  /** It reads the list of running statements. */
  asksProcesses: boolean
  /** The query_id that KILL QUERY names. */
  kills: string | null
}

/** What the engine has: the meaning of the names in a statement. */
export interface Catalogue extends KnownFunctions, Databases {
  /** Every output format. */
  formats: ReadonlySet<string>
  /** Names of the settings of a table. */
  tableSettings: ReadonlySet<string>
}

const SELECTS: ReadonlySet<string> = new Set(['SELECT', 'WITH', '('])

/**
 * Checks a statement in the form of the engine's parser.
 * @throws {RefusedStatement} with ClickHouse's code: 62 syntax error, 497 access denied
 */
export function checkStatement(given: string, access: Access, catalogue: Catalogue): Statement {
  const isCaller = access === 'caller'
  const sql = isCaller ? withoutFinal(given, tokenize(given)) : given
  const tokens = tokenize(sql)
  if (isCaller) checkCallerStatement(tokens, catalogue, catalogue.databases)
  const kind = kindOf(tokens, access)
  checkClauses(tokens)
  checkNames(tokens, access, catalogue)
  checkCalls(tokens, catalogue)
  const extracted = extractSettings(sql, tokens, catalogue.tableSettings)
  const remaining = extracted.sql === sql ? tokens : tokenize(extracted.sql)
  const renamed = renameProcesses(extracted.sql, remaining)
  const final = renamed.asksProcesses ? tokenize(renamed.sql) : remaining
  return toStatement({ ...extracted, ...renamed }, final, { kind, catalogue })
}

function toStatement(
  { sql, ...rest }: StatementWithSettings & { asksProcesses: boolean },
  tokens: readonly Token[],
  { kind, catalogue }: { kind: StatementKind; catalogue: Catalogue },
): Statement {
  const first = upper(tokens[0])
  const format = formatOf(tokens, catalogue)
  return {
    kind,
    sql,
    ...rest,
    select: kind === 'read' && SELECTS.has(first) ? withoutFormat(sql, tokens, format) : null,
    format,
    placeholders: placeholdersOf(tokens),
    insert: first === 'INSERT' ? insertOf(sql, tokens) : null,
    kills: kind === 'kill' ? killedBy(tokens) : null,
  }
}

/** Null where the format is none the engine has, which it says itself. */
function withoutFormat(sql: string, tokens: readonly Token[], format: string | null): string | null {
  const word = tokens.at(-2)
  if (word === undefined || !isWord(word, 'FORMAT')) return sql
  return format === null ? null : sql.slice(0, word.start).trimEnd()
}

function formatOf(tokens: readonly Token[], { formats }: Catalogue): string | null {
  const last = tokens.at(-1)
  return isWord(tokens.at(-2), 'FORMAT') && last !== undefined && formats.has(last.text) ? last.text : null
}

function placeholdersOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, index) => {
    const [name, colon] = tokens.slice(index + 1, index + 3)
    return isMark(token, '{') && name?.kind === 'word' && isMark(colon, ':') ? [name.text] : []
  })
}

function insertOf(sql: string, tokens: readonly Token[]): InsertData | null {
  const [before, format] = [tokens.at(-2), tokens.at(-1)]
  if (before === undefined || !isWord(before, 'FORMAT') || format?.kind !== 'word') return null
  if (tokens.some((token) => isWord(token, 'SELECT'))) return null
  const columns =
    /\((?<list>[^()*]+)\)$/u.exec(sql.slice(0, before.start).trimEnd())?.groups?.['list'] ?? null
  return { format: format.text, head: sql.slice(0, before.start).trimEnd(), columns }
}

/** @throws {RefusedStatement} code 456 for a placeholder without a value */
export function checkParameters(statement: Statement, given: ReadonlyMap<string, string>): void {
  const missing = statement.placeholders.find((name) => !given.has(name))
  if (missing !== undefined) throw new RefusedStatement(456, `Substitution \`${missing}\` is not set`)
}
