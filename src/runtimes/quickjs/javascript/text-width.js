// Quoted text, and how many columns of a terminal a text takes.
/** Control characters, quotes, backslashes and halves of surrogate pairs. */
const ESCAPED = /[\p{Cc}'\\]|\p{Surrogate}/gu
const SHORT = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  39: "\\'",
  92: '\\\\',
}

function escape(character) {
  const code = character.charCodeAt(0)
  if (code > 0xff) return `\\u${code.toString(16)}`
  return SHORT[code] ?? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
}

/** In the quotes that need the fewest escapes. */
export function quote(text) {
  let mark = "'"
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"'
    else if (!text.includes('`') && !text.includes('${')) mark = '`'
  }
  const body = text.replace(ESCAPED, (one) => (one === "'" && mark !== "'" ? one : escape(one)))
  return mark + body + mark
}

/** Ranges of code points that take two columns. */
const WIDE = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3040, 0x3247],
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4c6],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1b000, 0x1b001],
  [0x1f200, 0x1f251],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]
/** And none. */
const EMPTY = [
  [0, 0x1f],
  [0x7f, 0x9f],
  [0x300, 0x36f],
  [0x200b, 0x200f],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0xe0100, 0xe01ef],
]
const isIn = (ranges, code) => ranges.some(([from, to]) => code >= from && code <= to)
const ASCII = /^[\x20-\x7e]*$/

/** Columns that `text` takes. */
export function widthOf(text) {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const character of text.normalize('NFC')) {
    const code = character.codePointAt(0)
    if (!isIn(EMPTY, code)) width += isIn(WIDE, code) ? 2 : 1
  }
  return width
}
