/** The text of an HTML page as a reader sees it: paragraphs, lists, tables and preformatted text; its title and its links. */
import { decode } from './entities.js'

export function main({ html, links = 'drop' }) {
  const page = new Page(links === 'keep')
  for (const token of tokensOf(html)) {
    if (token.kind === 'text') page.text(token.text)
    else if (token.kind === 'open') page.open(token)
    else page.close(token.name)
  }
  const text = page.finish()
  return { title: page.title, text, words: (text.match(/\S+/gu) ?? []).length, links: page.links }
}

/** Their content is no HTML. */
const RAW = wordsOf('script style textarea title xmp iframe noembed noframes')
/** Nobody sees their content. */
const UNSEEN = wordsOf('script style template noscript iframe noembed noframes svg math object select')
const LINES = wordsOf(`
  address article aside body caption dd div dt fieldset figcaption footer form header html legend li
  main nav section summary tr`)
const PARAGRAPHS = wordsOf('blockquote details dl figure h1 h2 h3 h4 h5 h6 ol p pre table ul')

function* tokensOf(html) {
  let at = 0
  while (at < html.length) {
    const start = html.indexOf('<', at)
    if (start === -1) break
    if (start > at) yield textToken(html.slice(at, start))
    if (html.startsWith('<!--', start)) {
      at = endBehind(html, '-->', start + 4)
    } else if (/^<[!?]/u.test(html.slice(start, start + 2))) {
      at = endBehind(html, '>', start)
    } else if (/^<\/?[a-z]/iu.test(html.slice(start, start + 3))) {
      const tag = readTag(html, start)
      at = tag.end
      yield tag
      if (tag.kind === 'open' && RAW.has(tag.name)) {
        const close = closeOf(html, tag.name, at)
        const text = html.slice(at, close)
        yield { kind: 'text', text: tag.name === 'title' || tag.name === 'textarea' ? decode(text) : text }
        at = close
        if (close === html.length) yield { kind: 'close', name: tag.name }
      }
    } else {
      yield { kind: 'text', text: '<' }
      at = start + 1
    }
  }
  if (at < html.length) yield textToken(html.slice(at))
}

function textToken(html) {
  return { kind: 'text', text: decode(html) }
}

function wordsOf(text) {
  return new Set(text.trim().split(/[ \n]+/u))
}

/** Where the end tag of an element begins that holds no HTML; the end of the page where there is none. */
function closeOf(html, name, from) {
  const tag = new RegExp(`</${name}`, 'gi')
  tag.lastIndex = from
  return tag.exec(html)?.index ?? html.length
}

function endBehind(html, mark, from) {
  const end = html.indexOf(mark, from)
  return end === -1 ? html.length : end + mark.length
}

/** A tag with those attributes that matter. A `>` in quotes does not end it. */
function readTag(html, start) {
  const isClosing = html[start + 1] === '/'
  const names = /[^\s/>]+/uy
  names.lastIndex = start + (isClosing ? 2 : 1)
  const name = names.exec(html)?.[0].toLowerCase() ?? ''
  const attributes = {}
  const parts =
    /[\s/]*(?:(?<key>[^\s=>/]+)(?:\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s>]+)))?|(?<end>>))/uy
  parts.lastIndex = names.lastIndex
  for (;;) {
    const from = parts.lastIndex
    const found = parts.exec(html)?.groups
    // Broken, or not closed at all: the tag ends at the next bracket.
    if (found === undefined)
      return { kind: isClosing ? 'close' : 'open', name, attributes, end: endBehind(html, '>', from) }
    if (found.end !== undefined)
      return { kind: isClosing ? 'close' : 'open', name, attributes, end: parts.lastIndex }
    const value = found.double ?? found.single ?? found.bare ?? ''
    const key = found.key.toLowerCase()
    if (key === 'href' || key === 'alt' || key === 'start') attributes[key] ??= decode(value)
  }
}

/** Levels of lists that are indented. */
const DEPTH_MAX = 20

class Page {
  title = null
  links = []
  #keepsLinks
  #parts = []
  #breaks = 2
  #space = false
  #unseen = []
  #pre = 0
  #lists = []
  #titleParts = null
  #link = null
  #cells = 0

  constructor(keepsLinks) {
    this.#keepsLinks = keepsLinks
  }

  text(text) {
    if (this.#titleParts !== null) this.#titleParts.push(text)
    else if (this.#unseen.length > 0) return
    else if (this.#pre > 0) this.#preformatted(text)
    else this.#flowing(text)
  }

  open({ name, attributes }) {
    if (this.#unseen.length > 0 || UNSEEN.has(name)) {
      if (UNSEEN.has(name)) this.#unseen.push(name)
      return
    }
    if (name === 'title') this.#titleParts = []
    else if (name === 'br') this.#write('\n')
    else if (name === 'hr') this.#line('----------')
    else if (name === 'img') this.#flowing(attributes.alt ?? '')
    else if (name === 'a') this.#openLink(attributes.href)
    else if (name === 'td' || name === 'th') this.#openCell()
    else this.#openBlock(name, attributes)
  }

  close(name) {
    if (this.#unseen.length > 0) {
      const at = this.#unseen.lastIndexOf(name)
      if (at !== -1) this.#unseen.length = at
      return
    }
    if (name === 'title') this.#closeTitle()
    else if (name === 'a') this.#closeLink()
    else if (name === 'pre') this.#pre = Math.max(0, this.#pre - 1)
    else if (name === 'ol' || name === 'ul') this.#lists.pop()
    if (PARAGRAPHS.has(name)) this.#break(this.#lists.length > 0 ? 1 : 2)
    else if (LINES.has(name)) this.#break(1)
  }

  finish() {
    this.#closeTitle()
    this.#closeLink()
    return this.#parts
      .join('')
      .replace(/[ \t]+$/gmu, '')
      .replace(/^\n+|\n+$/gu, '')
  }

  #openBlock(name, { start }) {
    if (PARAGRAPHS.has(name)) this.#break(this.#lists.length > 0 ? 1 : 2)
    else if (LINES.has(name)) this.#break(1)
    if (name === 'pre') this.#pre += 1
    else if (name === 'ul') this.#lists.push(null)
    else if (name === 'ol') this.#lists.push(/^\d{1,9}$/u.test(start ?? '') ? Number(start) : 1)
    else if (name === 'tr') this.#cells = 0
    else if (name === 'li') this.#openItem()
  }

  #openItem() {
    const depth = Math.min(Math.max(1, this.#lists.length), DEPTH_MAX)
    const number = this.#lists.at(-1) ?? null
    if (number !== null) this.#lists[this.#lists.length - 1] = number + 1
    this.#write(`${'  '.repeat(depth - 1)}${number === null ? '-' : `${number}.`} `)
    this.#space = false
    this.#breaks = 1
  }

  #openCell() {
    if (this.#cells > 0) this.#write(' | ')
    this.#cells += 1
  }

  #openLink(href) {
    this.#closeLink()
    if (href !== undefined && href !== '') this.#link = { href: href.trim(), from: this.#parts.length }
  }

  #closeLink() {
    if (this.#link === null) return
    const { href, from } = this.#link
    const text = this.#parts.slice(from).join('').replace(/\s+/gu, ' ').trim()
    this.#link = null
    this.links.push({ text, href })
    if (this.#keepsLinks && text !== href) this.#write(text === '' ? href : ' ('.concat(href, ')'))
  }

  #closeTitle() {
    if (this.#titleParts === null) return
    this.title ??= this.#titleParts.join('').replace(/\s+/gu, ' ').trim() || null
    this.#titleParts = null
  }

  #flowing(text) {
    for (const part of text.split(/([ \t\n\r\f]+)/u)) {
      if (part === '') continue
      if (/^[ \t\n\r\f]/u.test(part)) this.#space = true
      else this.#write(part)
    }
  }

  #preformatted(text) {
    const lines = text.replace(/\r\n?/gu, '\n')
    this.#write(this.#breaks > 0 ? lines.replace(/^\n/u, '') : lines)
  }

  #line(text) {
    this.#break(1)
    this.#write(text)
    this.#break(1)
  }

  /** At least so many line breaks before what comes next. */
  #break(count) {
    while (this.#breaks < count) {
      this.#parts.push('\n')
      this.#breaks += 1
    }
    this.#space = false
  }

  #write(text) {
    if (text === '') return
    if (this.#space && this.#breaks === 0 && text !== '\n' && !text.startsWith(' ')) this.#parts.push(' ')
    this.#parts.push(text)
    this.#space = false
    this.#breaks = text.endsWith('\n\n') ? 2 : text.endsWith('\n') ? this.#breaks + 1 : 0
  }
}
