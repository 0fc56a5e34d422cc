/** Checks the function calls of a statement, also in arguments that the engine evaluates as code. */
import { refusalOf, type KnownFunctions } from './functions.ts'
import { denied } from './refusal.ts'
import { isMark, isName, isWord, tokenize, type Token } from './tokens.ts'

/** Functions that call the function named as their first argument. */
const HIGHER_ORDER = /^(?:array|map)/iu
/** Functions that take the name of an aggregate function as text. */
const AGGREGATE_AS_TEXT = /^(?:arrayReduce(?:InRanges)?|initializeAggregation)$/iu
const LITERAL_WORDS = /^(?:null|true|false|nan|inf)$/iu
const EXPRESSION_WORDS = /\b(?:default|materialized|alias|ephemeral)\b/iu

interface Text {
  tokens: readonly Token[]
  /** Index of the bracket that closes each open one. */
  pairs: ReadonlyMap<number, number>
  known: KnownFunctions
}

/** Refuses a statement by its calls. @throws {RefusedStatement} code 497 */
export function checkCalls(tokens: readonly Token[], known: KnownFunctions): void {
  const text: Text = { tokens, pairs: pairBrackets(tokens), known }
  const callers: (Token | null)[] = []
  for (const [index, token] of tokens.entries()) {
    if (isOpening(token)) {
      const before = tokens[index - 1]
      // Parentheses that only group do not change the caller: arrayMap((name), …).
      callers.push(isName(before) ? before : (callers.at(-1) ?? null))
    } else if (isClosing(token)) callers.pop()
    else if (isName(token)) checkName(text, index, callers.at(-1) ?? null)
  }
}

function checkName(text: Text, index: number, caller: Token | null): void {
  const { tokens, known } = text
  const name = tokens[index]?.text ?? ''
  const isCall = isMark(tokens[index + 1], '(')
  const isNamed = isWord(tokens[index - 1], 'APPLY') || isFunctionArgument(tokens, index, caller)
  if (isCall || isNamed) checkFunction(name, known)
  if (isCall) checkArguments(text, name, index + 2)
}

function checkFunction(name: string, known: KnownFunctions): void {
  const reason = refusalOf(name, known)
  if (reason !== null) throw denied(`function ${name} is not allowed here: it ${reason}`)
}

/** Whether a higher-order function calls this name: it is the first of several arguments, `arrayMap(name, …)`. */
function isFunctionArgument(tokens: readonly Token[], index: number, caller: Token | null): boolean {
  if (caller === null || !HIGHER_ORDER.test(caller.text) || !isMark(tokens[index - 1], '(')) return false
  const next = tokens[index + 1]
  const isAlone = isMark(next, ')') && tokens[index - 2] === caller
  return !isAlone && (isMark(next, ',') || isMark(next, ')') || isWord(next, 'AS'))
}

/** Checks string arguments that the engine parses as columns, statements or names of functions. */
function checkArguments(text: Text, name: string, first: number): void {
  const lower = name.toLowerCase()
  if (lower === 'values' || lower === 'sqlstandardvalues') checkValues(text, first)
  else if (lower === 'viewexplain') checkExplained(text.tokens, first)
  else if (lower === 'format') checkPattern(text, first)
  else if (AGGREGATE_AS_TEXT.test(name)) checkAggregate(text.tokens[first], text.known)
}

/** `values('a UInt8, b String', …)`: the engine evaluates this argument, so only plain lists and values are allowed. */
function checkValues(text: Text, first: number): void {
  const { tokens, known } = text
  const token = tokens[first]
  const end = endOfArgument(text, first)
  const isAlone = end === first + 1
  if (token?.kind === 'string' && isAlone) {
    if (isPlainStructure(token.text, known)) return
    throw denied('the columns of values() are a list of names and types here, without expressions')
  }
  const isLiteral = token?.kind === 'number' || (token?.kind === 'word' && LITERAL_WORDS.test(token.text))
  const isNegative = isMark(token, '-') && tokens[first + 1]?.kind === 'number' && end === first + 2
  if ((isAlone && isLiteral) || isNegative || isGroup(text, first, end)) return
  throw denied('the first argument of values() is a plain value or a list of columns here')
}

/** One tuple or array, and no subquery. */
function isGroup({ tokens, pairs }: Text, first: number, end: number): boolean {
  if (!isOpening(tokens[first]) || pairs.get(first) !== end - 1) return false
  const inner = tokens[first + 1]
  return !isWord(inner, 'SELECT') && !isWord(inner, 'WITH') && !isMark(inner, '(')
}

/** Index of the comma or bracket after the argument. */
function endOfArgument({ tokens, pairs }: Text, first: number): number {
  let at = first
  while (at < tokens.length && !isMark(tokens[at], ',') && !isClosing(tokens[at]))
    at = (pairs.get(at) ?? at) + 1
  return at
}

function pairBrackets(tokens: readonly Token[]): Map<number, number> {
  const pairs = new Map<number, number>()
  const open: number[] = []
  for (const [index, token] of tokens.entries()) {
    if (isOpening(token)) open.push(index)
    const opened = isClosing(token) ? open.pop() : undefined
    if (opened !== undefined) pairs.set(opened, index)
  }
  return pairs
}

function isOpening(token: Token | undefined): boolean {
  return isMark(token, '(') || isMark(token, '[')
}

function isClosing(token: Token | undefined): boolean {
  return isMark(token, ')') || isMark(token, ']')
}

/** Whether a text is a list of names and types without expressions. */
function isPlainStructure(structure: string, known: KnownFunctions): boolean {
  if (!structure.includes('(') && !EXPRESSION_WORDS.test(structure)) return true
  let tokens: Token[]
  try {
    tokens = tokenize(structure)
  } catch {
    return false
  }
  checkCalls(tokens, known)
  const pairs = pairBrackets(tokens)
  let at = 0
  while (at < tokens.length) {
    if (!isName(tokens[at]) || tokens[at + 1]?.kind !== 'word') return false
    at = (isMark(tokens[at + 2], '(') ? (pairs.get(at + 2) ?? tokens.length) : at + 1) + 1
    if (at < tokens.length && !isMark(tokens[at], ',')) return false
    at += 1
  }
  return true
}

/** `SELECT … FROM (EXPLAIN …)` as the engine writes it. */
function checkExplained(tokens: readonly Token[], first: number): void {
  const [kind, , settings] = tokens.slice(first, first + 3)
  const isPlain =
    kind?.kind === 'string' &&
    /^EXPLAIN(?: (?:AST|SYNTAX|QUERY TREE|PLAN|PIPELINE|ESTIMATE))?$/u.test(kind.text) &&
    settings?.kind === 'string' &&
    /^[\w =,]*$/u.test(settings.text)
  if (!isPlain) throw denied('viewExplain is not allowed here; write SELECT … FROM (EXPLAIN …)')
}

/** `format('{}', a)` formats text. As a table function it parses text with expressions; there the format is one word. */
function checkPattern(text: Text, first: number): void {
  const pattern = text.tokens[first]
  const isAlone = endOfArgument(text, first) === first + 1
  if (pattern?.kind === 'string' && isAlone && /\W/u.test(pattern.text)) return
  throw denied("function format takes a pattern as format('{} {}', a, b) here")
}

function checkAggregate(token: Token | undefined, known: KnownFunctions): void {
  if (token?.kind !== 'string') throw denied('the name of an aggregate is a plain text here')
  checkFunction(/^\s*(?<name>\w*)/u.exec(token.text)?.groups?.['name'] ?? '', known)
}
