/** `SETTINGS name = value` in a statement, with the same policies as settings of the request. */
import { denied } from './refusal.ts'
import { checkSetting } from './settings.ts'
import { isMark, isName, isWord, upper, type Token } from './tokens.ts'

export interface ClauseSettings {
  /** Settings of the whole statement; null for DEFAULT. */
  settings: ReadonlyMap<string, string | null>
  /** Names of settings without effect. */
  ignored: readonly string[]
  /** Values that `readonly` has anywhere in it. */
  readOnly: readonly string[]
}

export interface StatementWithSettings extends ClauseSettings {
  /** The statement without the settings that it returns. */
  sql: string
}

/** Settings of a statement that are not for the engine's parser. */
interface Removed {
  settings: Map<string, string | null>
  ignored: string[]
  readOnly: string[]
}

interface Clause {
  /** SETTINGS, or SETTING of ALTER TABLE. */
  word: string
  assignments: { name: string; value: string; text: string }[]
  /** Offsets of the clause in the text. */
  start: number
  end: number
  /** The clause ends the statement, so it applies to the whole statement. */
  isLast: boolean
}

/** Settings of a table that put its rows outside the data directory, or share them. */
const PLACED_ELSEWHERE =
  /disk|policy|path|volume|zookeeper|keeper|remote|replica(?!ted_dedup)|shared|object|s3|url|(?<!prewarm_mark_)cache|vertical_merge_remote/u
const WORD_VALUES: ReadonlyMap<string, string> = new Map([
  ['TRUE', '1'],
  ['FALSE', '0'],
])

/**
 * Extracts the settings of a statement. `tableSettings` are the names of the settings of MergeTree tables.
 * @throws {RefusedStatement} code 115 and 452 for the name of a setting, 497 for a setting that is not allowed there
 */
export function extractSettings(
  sql: string,
  tokens: readonly Token[],
  tableSettings: ReadonlySet<string>,
): StatementWithSettings {
  const isDefinition = isWord(tokens[0], 'CREATE') || isWord(tokens[0], 'ALTER')
  const removed: Removed = { settings: new Map(), ignored: [], readOnly: [] }
  const pieces: string[] = []
  let from = 0
  for (const clause of clausesOf(sql, tokens)) {
    const kept = isDefinition ? keepForTable(clause, tableSettings, removed) : keepInside(clause, removed)
    pieces.push(sql.slice(from, clause.start), kept.length === 0 ? '' : `${clause.word} ${kept.join(', ')}`)
    from = clause.end
  }
  return { sql: (pieces.join('') + sql.slice(from)).trimEnd(), ...removed }
}

function keepForTable(
  { assignments }: Clause,
  tableSettings: ReadonlySet<string>,
  removed: Removed,
): string[] {
  return assignments.flatMap(({ name, value, text }) => {
    if (!tableSettings.has(name)) return isForEngine(name, value, removed) ? [text] : []
    if (PLACED_ELSEWHERE.test(name)) throw denied(`setting ${name} of a table is not allowed here`)
    return [text]
  })
}

/** Moves settings of the whole statement to those of the URL; keeps settings of a subquery. */
function keepInside({ assignments, isLast }: Clause, removed: Removed): string[] {
  return assignments.flatMap(({ name, value, text }) => {
    if (!isForEngine(name, value, removed)) return []
    if (isLast) {
      removed.settings.set(name, value === 'DEFAULT' ? null : value)
      return []
    }
    if (checkSetting(name, value) === 'limited')
      throw denied(`setting ${name} stands at the end of a statement here`)
    return [text]
  })
}

/** False for a setting that the endpoint serves itself or that has no effect here. */
function isForEngine(name: string, value: string, { ignored, readOnly }: Removed): boolean {
  const policy = checkSetting(name, value)
  if (name === 'readonly') readOnly.push(value === 'DEFAULT' ? '0' : value)
  else if (policy === 'ignored') ignored.push(name)
  return policy !== 'served' && policy !== 'ignored'
}

function clausesOf(sql: string, tokens: readonly Token[]): Clause[] {
  const clauses: Clause[] = []
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    if (isMark(token, '(')) depth += 1
    else if (isMark(token, ')')) depth -= 1
    else if (isWord(token, 'SETTINGS') || isWord(token, 'SETTING')) {
      // A column may have this name; only after the keyword does a name with an assignment or a dot follow.
      const isClause = isAssignment(tokens, index + 1) || isCompound(tokens, index + 1)
      if (!isClause) continue
      const clause = readClause(sql, tokens, index)
      clauses.push({ ...clause, isLast: clause.isLast && depth === 0 })
    }
  }
  return clauses
}

function isAssignment(tokens: readonly Token[], at: number): boolean {
  return isName(tokens[at]) && isMark(tokens[at + 1], '=')
}

function isCompound(tokens: readonly Token[], at: number): boolean {
  return isName(tokens[at]) && isMark(tokens[at + 1], '.')
}

function readClause(sql: string, tokens: readonly Token[], index: number): Clause {
  const assignments: Clause['assignments'] = []
  let at = index
  do {
    const { end, ...assignment } = readAssignment(sql, tokens, at + 1)
    assignments.push(assignment)
    at = end
  } while (isMark(tokens[at], ','))
  const next = tokens[at]
  return {
    word: upper(tokens[index]),
    assignments,
    start: tokens[index]?.start ?? 0,
    end: tokens[at - 1]?.end ?? 0,
    isLast: next === undefined || isWord(next, 'FORMAT'),
  }
}

function readAssignment(
  sql: string,
  tokens: readonly Token[],
  at: number,
): Clause['assignments'][number] & { end: number } {
  const isNegative = isMark(tokens[at + 2], '-') && tokens[at + 3]?.kind === 'number'
  const [name, value] = [tokens[at], tokens[isNegative ? at + 3 : at + 2]]
  const end = at + (isNegative ? 4 : 3)
  const isPlain = isAssignment(tokens, at) && value?.kind !== 'mark' && !isMark(tokens[end], '(')
  if (!isPlain || name === undefined || value === undefined)
    throw denied('SETTINGS is a list of names with a text or a number each here')
  const literal = value.kind === 'word' ? (WORD_VALUES.get(upper(value)) ?? upper(value)) : value.text
  return {
    name: name.text,
    value: isNegative ? `-${literal}` : literal,
    text: sql.slice(name.start, value.end),
    end,
  }
}
