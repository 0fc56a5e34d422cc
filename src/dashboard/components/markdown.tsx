/** Markdown of others, drawn as React elements: HTML in it stays text, and nothing is loaded. */
import { lexer, type Token, type Tokens } from 'marked'
import { useMemo, type ReactNode } from 'react'
import { visible } from '../format/visible-text.ts'
import { isCheapToParse, MARKDOWN_DEPTH_MAX, readEntities, safeLink } from './markdown-text.ts'
import styles from './markdown.module.css'

/** @param text at most 64 KiB */
export function Markdown({ text }: { text: string }): ReactNode {
  const tokens = useMemo(() => read(text), [text])
  return (
    <div className={`untrusted ${styles['markdown'] ?? ''}`}>
      {tokens === null ? <pre>{visible(text)}</pre> : <Parts tokens={tokens} depth={0} />}
    </div>
  )
}

/** Null for a text that nests deeper than the parser goes, or would keep it long. */
function read(text: string): Token[] | null {
  if (!isCheapToParse(text)) return null
  try {
    return lexer(text)
  } catch {
    return null
  }
}

function Parts({ tokens, depth }: { tokens: readonly Token[] | undefined; depth: number }): ReactNode {
  return tokens?.map((token, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- a token is its place
    <Part key={index} token={token} depth={depth + 1} />
  ))
}

interface PartProps<Kind extends Token = Token> {
  token: Kind
  depth: number
}

function Part({ token, depth }: PartProps): ReactNode {
  if (depth > MARKDOWN_DEPTH_MAX) return visible(token.raw)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `type` discriminates the tokens of the parser
  const known = token as Tokens.Generic
  const inner = <Parts tokens={known.tokens} depth={depth} />
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      return <Heading token={known} depth={depth} />
    case 'paragraph':
      return <p>{inner}</p>
    case 'blockquote':
      return <blockquote>{inner}</blockquote>
    case 'list':
      return <List token={known} depth={depth} />
    case 'table':
      return <Table token={known} depth={depth} />
    case 'strong':
      return <strong>{inner}</strong>
    case 'em':
      return <em>{inner}</em>
    case 'del':
      return <del>{inner}</del>
    case 'link':
      return <SafeLink href={String(known['href'])}>{inner}</SafeLink>
    default:
      return <Leaf token={known} depth={depth} />
  }
}

/** What holds text alone. */
function Leaf({ token, depth }: PartProps<Tokens.Generic>): ReactNode {
  const text = visible(typeof token['text'] === 'string' ? token['text'] : token.raw)
  switch (token.type) {
    case 'hr':
      return <hr />
    case 'br':
      return <br />
    case 'code':
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable by keyboard
      return <pre tabIndex={0}>{text}</pre>
    case 'codespan':
      return <code>{text}</code>
    case 'image':
      return <SafeLink href={String(token['href'])}>{text === '' ? 'image' : text}</SafeLink>
    case 'text':
      return token.tokens === undefined ? readEntities(text) : <Parts tokens={token.tokens} depth={depth} />
    case 'escape':
      return text
    default:
      return visible(token.raw)
  }
}

/** Below the headings of the page. */
function Heading({ token, depth }: PartProps<Tokens.Generic>): ReactNode {
  const inner = <Parts tokens={token.tokens} depth={depth} />
  const level = Number(token['depth'])
  if (level === 1) return <h3>{inner}</h3>
  return level === 2 ? <h4>{inner}</h4> : <h5>{inner}</h5>
}

function List({ token, depth }: PartProps<Tokens.Generic>): ReactNode {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser's items of a list
  const items = token['items'] as Tokens.ListItem[]
  const drawn = items.map((item, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- an item is its place
    <li key={index}>
      {item.task && (item.checked === true ? '☑ ' : '☐ ')}
      <Parts tokens={item.tokens} depth={depth} />
    </li>
  ))
  if (token['ordered'] !== true) return <ul>{drawn}</ul>
  return <ol start={Number(token['start']) || 1}>{drawn}</ol>
}

function Table({ token, depth }: PartProps<Tokens.Generic>): ReactNode {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser's cells of a table
  const { header, rows } = token as unknown as Tokens.Table
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable by keyboard
    <section className={styles['table']} tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- a cell is its place
              <th key={index} scope="col">
                <Parts tokens={cell.tokens} depth={depth} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- a row is its place
            <tr key={at}>
              {row.map((cell, index) => (
                // oxlint-disable-next-line react/no-array-index-key -- a cell is its place
                <td key={index}>
                  <Parts tokens={cell.tokens} depth={depth} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function SafeLink({ href, children }: { href: string; children: ReactNode }): ReactNode {
  const safe = safeLink(href)
  if (safe === null) return children
  return (
    <a href={safe} target="_blank" rel="noreferrer nofollow ugc">
      {children}
    </a>
  )
}
