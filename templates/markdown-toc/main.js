/** Lists the headings of a Markdown text and makes a table of contents of them, with the anchors of GitHub. */
export function main({ markdown, minLevel = 1, maxLevel = 6 }) {
  const slugs = new Map()
  const all = findHeadings(markdown.replace(/^\uFEFF/u, '').split(/\r\n?|\n/u))
  const headings = all.map(({ level, text, line }) => ({
    level,
    text,
    line,
    anchor: uniqueSlug(text, slugs),
  }))
  const shown = headings.filter(({ level }) => level >= minLevel && level <= maxLevel)
  return { toc: renderToc(shown), headings: shown }
}

function findHeadings(lines) {
  const headings = []
  let fence = null
  let inComment = false
  let paragraph = []
  for (let index = endOfFrontMatter(lines); index < lines.length; index += 1) {
    const line = lines[index]
    if (fence !== null) {
      if (closesFence(line, fence)) fence = null
      continue
    }
    if (inComment) {
      inComment = !line.includes('-->')
      continue
    }
    fence = openedFence(line)
    inComment = /^ {0,3}<!--/u.test(line) && !line.includes('-->')
    const heading = readHeading(line) ?? readUnderlined(line, paragraph)
    if (heading !== null) headings.push({ ...heading, line: index + 1 - heading.above })
    const continues = heading === null && fence === null && !inComment && isParagraph(line, paragraph)
    paragraph = continues ? [...paragraph, line.trim()] : []
  }
  return headings.map(({ level, text, line }) => ({ level, text: plainText(text), line }))
}

/** The index of the first line behind YAML between two lines of three dashes. */
function endOfFrontMatter(lines) {
  if (lines[0]?.trimEnd() !== '---') return 0
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/u.test(line))
  return end === -1 ? 0 : end + 1
}

function openedFence(line) {
  const found = /^ {0,3}(?<marks>`{3,}|~{3,})(?<info>.*)$/u.exec(line)?.groups
  if (found === undefined || (found.marks.startsWith('`') && found.info.includes('`'))) return null
  return found.marks
}

function closesFence(line, fence) {
  const marks = /^ {0,3}(?<marks>`{3,}|~{3,})[ \t]*$/u.exec(line)?.groups.marks
  return marks !== undefined && marks[0] === fence[0] && marks.length >= fence.length
}

/** `## Text ##` */
function readHeading(line) {
  const marks = /^ {0,3}(?<marks>#{1,6})(?:[ \t]|$)/u.exec(line)?.groups.marks
  if (marks === undefined) return null
  const text = line.trim().slice(marks.length).trim()
  const open = text.replace(/#+$/u, '')
  const isClosed = open === '' || /[ \t]$/u.test(open)
  return { level: marks.length, text: isClosed ? open.trim() : text, above: 0 }
}

/** A paragraph above a line of `=` or `-`. */
function readUnderlined(line, paragraph) {
  if (paragraph.length === 0 || !/^ {0,3}(?:=+|-+)[ \t]*$/u.test(line)) return null
  return { level: line.includes('=') ? 1 : 2, text: paragraph.join(' '), above: paragraph.length }
}

/** Lists, quotes and rows of tables cannot be underlined. */
function isParagraph(line, paragraph) {
  if (line.trim() === '' || /^ {0,3}(?:[>|<]|[-+*](?:[ \t]|$)|\d{1,9}[.)](?:[ \t]|$))/u.test(line))
    return false
  return paragraph.length > 0 || !/^(?: {4}|\t)/u.test(line)
}

/** The words of a heading as a reader sees them. */
function plainText(text) {
  return text
    .split(/(?<code>`+[^`]+`+)/u)
    .map((part, index) => (index % 2 === 1 ? part.replace(/^`+ ?| ?`+$/gu, '') : withoutMarks(part)))
    .join('')
    .trim()
}

function withoutMarks(text) {
  return text
    .replace(/!?\[(?<words>[^[\]]*)\](?:\([^()\s]*(?:\s+"[^"]*")?\)|\[[^[\]]*\])/gu, '$<words>')
    .replace(/<\/?[a-z][^<>]*>/giu, '')
    .replace(/(?<!\\)\*+/gu, '')
    .replace(/(?<![\p{L}\p{N}\\])_+(?=\S)|(?<=\S)_+(?![\p{L}\p{N}])/gu, '')
    .replace(/\\(?=[!-/:-@[-`{-~])/gu, '')
}

/** As GitHub makes it; the second of a name gets `-1`. */
function uniqueSlug(text, slugs) {
  const slug = text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
  let unique = slug
  while (slugs.has(unique)) {
    slugs.set(slug, slugs.get(slug) + 1)
    unique = `${slug}-${slugs.get(slug)}`
  }
  slugs.set(unique, 0)
  return unique
}

/** A level that is left out makes no level of the list. */
function renderToc(headings) {
  const open = []
  return headings
    .map(({ level, text, anchor }) => {
      while (open.length > 0 && open.at(-1) >= level) open.pop()
      const indent = '  '.repeat(open.length)
      open.push(level)
      return `${indent}- [${text.replace(/[[\]\\]/gu, '\\$&')}](#${encodeURI(anchor)})`
    })
    .join('\n')
}
