import type { CodePolicy, Language } from '../execution.ts'
import { askThread, BOUND_MS, tryBriefly } from './bounded.ts'

const JAVASCRIPT_IMPORT =
  /(?:\bfrom\s*|\bimport\s*|\brequire\s*\(\s*|\bimport\s*\(\s*)(?<quote>['"`])(?<name>[^'"`\n]+)\k<quote>/gu
const PYTHON_IMPORT =
  /^[ \t]*(?:import[ \t]+(?<list>[^\n#;]+)|from[ \t]+(?<name>[\w.]+)[ \t]+import)|__import__\(\s*['"](?<dynamic>[\w.]+)['"]/gmu

/** Breaches named; more of them tell nothing more. */
const NAMED_MAX = 20

/**
 * What in the code the caller's policy forbids, or null; a promise where telling takes so long that a thread
 * has to do it. A reading of the text: it keeps honest code honest and stops nobody who hides a name; the
 * sandbox is the wall.
 */
export function findPolicyBreach(
  code: string,
  language: Language,
  policy: CodePolicy | undefined,
): string | null | Promise<string | null> {
  if (policy === undefined) return null
  const tried = tryBriefly(() => readBreaches(code, language, policy))
  return tried === null ? readInThread(code, language, policy) : tried.value
}

async function readInThread(code: string, language: Language, policy: CodePolicy): Promise<string | null> {
  const answer = await askThread({ about: 'policy', code, language, policy })
  return answer === null
    ? `holding this code against the policy took longer than ${BOUND_MS} ms`
    : answer.value
}

/** The breaches, however long reading takes. */
export function readBreaches(code: string, language: Language, policy: CodePolicy): string | null {
  const breaches = new Set<string>()
  const denied = new Set(policy.denyModules)
  const longest = Math.max(0, ...[...denied].map(({ length }) => length))
  if (denied.size > 0)
    for (const name of importedModules(code, language))
      if (breaches.size < NAMED_MAX && isDenied(name, denied, longest))
        breaches.add(`module ${name} is denied`)
  for (const source of policy.denyPatterns ?? [])
    if (new RegExp(source, 'u').test(code)) breaches.add(`pattern ${source} is denied`)
  return breaches.size === 0 ? null : [...breaches].join('; ')
}

/** Modules the text imports, as written, without a `node:` prefix. */
function importedModules(code: string, language: Language): string[] {
  if (language === 'bash') return []
  const names: string[] = []
  for (const { groups } of code.matchAll(language === 'python' ? PYTHON_IMPORT : JAVASCRIPT_IMPORT)) {
    const list = groups?.['list']?.split(',').map((item) => item.trim().split(/\s/u)[0] ?? '')
    for (const name of list ?? [groups?.['name'] ?? groups?.['dynamic'] ?? '']) names.push(name)
  }
  return names.filter((name) => name !== '').map((name) => name.replace(/^node:/u, ''))
}

/** The name, or a package it lies in. Longer than the longest denied name nothing can be one. */
function isDenied(name: string, denied: ReadonlySet<string>, longest: number): boolean {
  const head = name.slice(0, longest + 1)
  for (let end = 0; end <= head.length; end += 1) {
    const ends = end === name.length || name[end] === '.' || name[end] === '/'
    if (ends && denied.has(head.slice(0, end))) return true
  }
  return false
}
