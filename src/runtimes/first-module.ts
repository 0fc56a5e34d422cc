/**
 * An ES module is parsed with all it imports before the first of it runs. The first is ours, and says so. A program that
 * imports no code of its own names it behind its last line; for others the guest program makes a further module that
 * imports ours and theirs, which takes Node 0.8 ms.
 */
import { isBuiltin } from 'node:module'

/** What the guest program takes for an ES module; see its `kindOf`. */
const MODULE = /^[ \t]*(?:import|export)\b/mu
/** Bounded, so that the time is linear in the text. */
const IMPORTS = /\bimport\s(?:[\w$\s{},*]{1,200}\sfrom\s)?(?<quote>['"])(?<name>[\w/:]{1,50})\k<quote>/gu
const NO_STATEMENT = /\bimport\s*[.(]|\bfrom\s*\(/gu
const MOST_CHARACTERS = 65_536

/** False where the code is no ES module for sure, or may import one that would run before ours. */
export function canNameFirst(code: string): boolean {
  if (code.length > MOST_CHARACTERS || !MODULE.test(code)) return false
  const rest = code
    .replaceAll(IMPORTS, (all, _quote, name: string) => (isBuiltin(name) ? '' : all))
    .replaceAll(NO_STATEMENT, '')
  return !/\b(?:import|from)\b/u.test(rest)
}

/** The statement that names it; `hook` is the global of main-hook.ts. */
export function firstModule(hook: string): string {
  return `;import 'data:text/javascript,globalThis.${hook}.parsed()'`
}
