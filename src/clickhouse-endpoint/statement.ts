/**
 * What a statement may be. The engine has no users and no walls of its own, so nothing reaches it unread. What is
 * read here is the text as the engine's own parser wrote it back: no comments, one way of quoting, one statement.
 */
import { checkCalls } from './calls.ts'
import { checkClauses, killedBy, kindOf, type StatementKind } from './definitions.ts'
import type { KnownFunctions } from './functions.ts'
import { checkNames, type Access, type Databases } from './names.ts'
import { RefusedStatement } from './refusal.ts'
import { settleSettings, type SettledStatement } from './settings-clause.ts'
import { isMark, isWord, tokenize, upper, type Token } from './tokens.ts'

/** An INSERT whose rows follow the statement. */
export interface InsertData {
  /** Format of the rows. */
  format: string
  /** The statement up to the word FORMAT. */
  head: string
  /** The list of columns as text; null where there is none or it is more than names. */
  columns: string | null
}

export interface Statement {
  kind: StatementKind
  sql: string
  /** A SELECT without its FORMAT, whose answer can be written to a file; null for anything else. */
  select: string | null
  /** Format the statement asks for, null where it leaves that open. */
  format: string | null
  /** Names of `{name:Type}`. */
  placeholders: readonly string[]
  insert: InsertData | null
  /** Settings of a SETTINGS clause that holds for the whole statement; its text is without them. */
  settings: ReadonlyMap<string, string>
  /** The query_id that KILL QUERY names. */
  kills: string | null
}

/** What the engine has, by which a statement's names are told apart. */
export interface Catalogue extends KnownFunctions, Databases {
  /** Every output format. */
  formats: ReadonlySet<string>
  /** Names of the settings of a table. */
  tableSettings: ReadonlySet<string>
}

const SELECTS: ReadonlySet<string> = new Set(['SELECT', 'WITH', '('])

/**
 * Reads a statement the engine's parser wrote back and refuses what the access does not cover.
 * @throws {RefusedStatement} with ClickHouse's code: 62 syntax, 497 access denied
 */
export function checkStatement(sql: string, access: Access, catalogue: Catalogue): Statement {
  const tokens = tokenize(sql)
  const kind = kindOf(tokens, access)
  checkClauses(tokens)
  checkNames(tokens, access, catalogue)
  checkCalls(tokens, catalogue)
  const settled = settleSettings(sql, tokens, catalogue.tableSettings)
  const left = settled.sql === sql ? tokens : tokenize(settled.sql)
  return describe(settled, left, { kind, catalogue })
}

function describe(
  { sql, settings }: SettledStatement,
  tokens: readonly Token[],
  { kind, catalogue }: { kind: StatementKind; catalogue: Catalogue },
): Statement {
  const first = upper(tokens[0])
  const format = formatOf(tokens, catalogue)
  return {
    kind,
    sql,
    settings,
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
