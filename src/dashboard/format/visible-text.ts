/** Text of programs in which nothing hides: control characters and what turns the direction of writing are shown. */

/** Controls but tab and line feed; marks, embeddings, overrides and isolates of the bidirectional algorithm; other separators. */
const HIDDEN = /(?![\t\n])\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu
const DELETE = 0x7f

/** `^@` for a control character, as terminals write it, `[U+202E]` for one that turns the direction; line feeds and tabs stay. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (found) => {
    const code = found.codePointAt(0) ?? 0
    if (code === DELETE) return '^?'
    return code < 32
      ? `^${String.fromCodePoint(code + 0x40)}`
      : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
  })
}

/** The first characters of a text, whole ones. */
export function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text
  const last = text.charCodeAt(count - 1)
  return text.slice(0, last >= 0xd8_00 && last < 0xdc_00 ? count - 1 : count)
}
