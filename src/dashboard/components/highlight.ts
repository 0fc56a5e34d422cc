/** The parts of a program and what they are. Loaded with the first code that is shown. */
import { shell } from '@codemirror/legacy-modes/mode/shell'
import { StringStream } from '@codemirror/streamparser'
import { highlightCode, tagHighlighter, tags } from '@lezer/highlight'
import { parser as javascript } from '@lezer/javascript'
import { parser as python } from '@lezer/python'
import type { Language } from '../../execution.ts'

/** A part of a line; `kind` is one of `KINDS` or ''. */
export interface Token {
  text: string
  kind: string
}

const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: 'keyword' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: 'string' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: 'numeral' },
  { tag: tags.comment, class: 'comment' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: 'name' },
  { tag: [tags.typeName, tags.className], class: 'type' },
])

const PARSERS = {
  javascript: javascript.configure({ dialect: 'jsx' }),
  typescript: javascript.configure({ dialect: 'ts' }),
  python,
}

/** Tokens of each line. */
export function highlight(code: string, language: Language): Token[][] {
  if (language === 'bash') return code.split('\n').map(shellLine(shell.startState?.(4)))
  const lines: Token[][] = [[]]
  highlightCode(
    code,
    PARSERS[language].parse(code),
    highlighter,
    (text, kind) => lines.at(-1)?.push({ text, kind }),
    () => lines.push([]),
  )
  return lines
}

const SHELL: Readonly<Record<string, string>> = {
  keyword: 'keyword',
  builtin: 'name',
  string: 'string',
  quote: 'string',
  number: 'numeral',
  comment: 'comment',
  meta: 'comment',
  def: 'type',
  attribute: 'type',
}

/** Reads line after line: a text or a heredoc goes on in the next one. */
function shellLine(state: unknown): (line: string) => Token[] {
  return (line) => {
    const stream = new StringStream(line, 4, 4)
    const tokens: Token[] = []
    while (!stream.eol()) {
      const kind = shell.token(stream, state) ?? ''
      if (stream.pos === stream.start) stream.next()
      tokens.push({ text: stream.current(), kind: SHELL[kind] ?? '' })
      stream.start = stream.pos
    }
    return tokens
  }
}
