import type { CodePolicy, Language } from '../execution.ts'
import { BOUND_MS, runBounded } from './bounded.ts'

const JAVASCRIPT_IMPORT =
  /(?:\bfrom\s*|\bimport\s*|\brequire\s*\(\s*|\bimport\s*\(\s*)(?<quote>['"`])(?<name>[^'"`\n]+)\k<quote>/gu
const PYTHON_IMPORT =
  /^[ \t]*(?:import[ \t]+(?<list>[^\n#;]+)|from[ \t]+(?<name>[\w.]+)[ \t]+import)|__import__\(\s*['"](?<dynamic>[\w.]+)['"]/gmu

/**
 * What in the code the caller's policy forbids, or null. A reading of the text: it keeps honest code
 * honest and stops nobody who hides a name; the sandbox is the wall.
 */
export function findPolicyBreach(
  code: string,
  language: Language,
  policy: CodePolicy | undefined,
): string | null {
  const breaches: string[] = []
  const denied = new Set(policy?.denyModules ?? [])
  if (denied.size > 0) {
    for (const name of importedModules(code, language))
      if (isDenied(name, denied)) breaches.push(`module ${name} is denied`)
  }
  for (const source of policy?.denyPatterns ?? []) {
    const matches = (): string | null =>
      new RegExp(source, 'u').test(code) ? `pattern ${source} is denied` : null
    const breach = runBounded(matches, () => `pattern ${source} took longer than ${BOUND_MS} ms on this code`)
    if (breach !== null) breaches.push(breach)
  }
  return breaches.length === 0 ? null : [...new Set(breaches)].join('; ')
}

/** Modules the text imports, as written, without a `node:` prefix. */
function importedModules(code: string, language: Language): string[] {
  if (language === 'bash') return []
  const names: string[] = []
  for (const { groups } of code.matchAll(language === 'python' ? PYTHON_IMPORT : JAVASCRIPT_IMPORT)) {
    const list = groups?.['list']?.split(',').map((item) => item.trim().split(/\s/u)[0] ?? '')
    names.push(...(list ?? [groups?.['name'] ?? groups?.['dynamic'] ?? '']))
  }
  return names.filter((name) => name !== '').map((name) => name.replace(/^node:/u, ''))
}

function isDenied(name: string, denied: ReadonlySet<string>): boolean {
  const parts = name.split(/[./]/u)
  return (
    denied.has(name) ||
    parts.some((_, index) => denied.has(name.slice(0, parts.slice(0, index + 1).join('.').length)))
  )
}
