/** Makes hostile text safe to print: characters that would control a terminal become visible symbols. */

// Control characters but tab and line feed, line separators, bidirectional controls, zero-width marks.
const CONTROLS = /(?![\t\n])\p{Cc}|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu
// `JSON.stringify` escapes C0 control characters.
const HIDDEN_IN_JSON = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text for a terminal: keeps line breaks and tabs, and replaces every other control character by a symbol. */
export function escapeControls(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROLS, symbolOf)
}

/** Like `escapeControls`, on one line and at most `max` characters long. */
export function escapeLine(text: string, max: number): string {
  const head = text.length > max * 2 ? text.slice(0, max * 2) : text
  const line = escapeControls(head).replaceAll('\n', '⏎').replaceAll('\t', ' ')
  const characters = Array.from(line)
  return characters.length > max || head !== text ? `${characters.slice(0, max - 1).join('')}…` : line
}

/** JSON on one line with every control character escaped; it parses to the same value. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN_IN_JSON, escape)
}

/** Like `toJsonLine`, but indented. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(HIDDEN_IN_JSON, escape)
}

function symbolOf(character: string): string {
  const code = character.charCodeAt(0)
  if (code === 0x1b) return '␛'
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
