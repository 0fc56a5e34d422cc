/** How a guest program gets at the `main` of JavaScript, exported or not, and sees whether the code begins it. */
import { randomUUID } from 'node:crypto'

/** The name of a global that code does not know. */
export function mainHook(): string {
  return `exectrail_${randomUUID().replaceAll('-', '')}`
}

/**
 * One more line hands `main` to the global `hook`, and defines the function of that name by which marked code says
 * what it calls (compile/mark-main.ts), and `more` follows; a source map has to stay the last line.
 */
export function addMainHook(code: string, hook: string, more = ''): string {
  const line = `\n;globalThis.${hook}?.define(typeof main === 'function' ? main : undefined);${markFunction(hook)}${more}\n`
  const map = code.lastIndexOf('\n//# sourceMappingURL=')
  return map < 0 ? code + line : code.slice(0, map) + line + code.slice(map + 1)
}

/** The function that marks call. */
export function markFunction(hook: string): string {
  return `function ${hook}(f){globalThis.${hook}?.begin(f);return f}`
}

const DEFAULT = /\bexport\s+default\s+(?:async\s+)?(?:function\b\s*(?:\*\s*)?)?([\w$]+)/gu
const ASSIGNED =
  /\bexports(?:\.(?:main|handler|default))?\s*=\s*(?:async\s+)?(?:function\b\s*(?:\*\s*)?)?([\w$]+)/gu
const RENAMED = /(?<![\w$])([\w$]+)\s+as\s+(?:main|default|handler)\b/gu
const HANDLER = /\bexport\b[^\n]{0,80}\bhandler\b|\bexports\.handler\b/u
/** Exports of a name, which call nothing. */
const HARMLESS =
  /\bexport\s*\{[^{}]*\}|\bexport\s+default\s+[\w$]+[^\S\n]*(?=;|\n|$)|\bexports(?:\.[\w$]+)?\s*=\s*(?:\{[\s\w$,]*\}|[\w$]+[^\S\n]*(?=;|\n|$))/gu

/** False where the code does not name its main a second time and so cannot call it; then it need not be marked. */
export function mayCallMain(code: string): boolean {
  const names = new Set(['main'])
  for (const pattern of [DEFAULT, ASSIGNED, RENAMED])
    for (const [, name = ''] of code.matchAll(pattern)) {
      if (!KEYWORDS.has(name)) names.add(name)
      if (names.size > NAMES_MAX) return true
    }
  if (HANDLER.test(code)) names.add('handler')
  const rest = code.replaceAll(HARMLESS, '')
  return [...names].some((name) => isNamedTwice(rest, name))
}

/** False where the code does not ask whether it is the program; then that need not be set (compile/import-meta.ts). */
export function asksForMain(code: string): boolean {
  return /\bimport\.meta\.main\b/u.test(code)
}

/** Each is looked for in the whole code. */
const NAMES_MAX = 8
const KEYWORDS = new Set(['async', 'class', 'function', 'new', 'await'])
const OF_A_NAME = /[\w$]/u

function isNamedTwice(text: string, name: string): boolean {
  let count = 0
  for (let at = text.indexOf(name); at >= 0 && count < 2; at = text.indexOf(name, at + name.length))
    if (!OF_A_NAME.test(text[at - 1] ?? ' ') && !OF_A_NAME.test(text[at + name.length] ?? ' ')) count += 1
  return count > 1
}
