/** Which rules of a caller's policy the text of the code violates. */
import type { CodePolicy, Language } from '../execution.ts'

const JAVASCRIPT_IMPORT =
  /(?:\bfrom\s*|\bimport\s*|\brequire\s*\(\s*|\bimport\s*\(\s*)(?<quote>['"`])(?<name>[^'"`\n]+)\k<quote>/gu
const PYTHON_IMPORT =
  /^[ \t]*(?:import[ \t]+(?<list>[^\n#;]+)|from[ \t]+(?<name>[\w.]+)[ \t]+import)|__import__\(\s*['"](?<dynamic>[\w.]+)['"]/gmu

const REPORTED_MAX = 20

/** Every violation, without a time limit; null when there is none. */
export function policyViolations(code: string, language: Language, policy: CodePolicy): string | null {
  const violations = new Set<string>()
  const denied = new Set(policy.denyModules)
  const longest = Math.max(0, ...[...denied].map(({ length }) => length))
  if (denied.size > 0)
    for (const name of importedModules(code, language))
      if (violations.size < REPORTED_MAX && isDenied(name, denied, longest))
        violations.add(`module ${name} is denied`)
  for (const source of policy.denyPatterns ?? [])
    if (new RegExp(source, 'u').test(code)) violations.add(`pattern ${source} is denied`)
  return violations.size === 0 ? null : [...violations].join('; ')
}

/** Names of the modules that the text imports, without `node:`. */
function importedModules(code: string, language: Language): string[] {
  if (language === 'bash') return []
  const names: string[] = []
  for (const { groups } of code.matchAll(language === 'python' ? PYTHON_IMPORT : JAVASCRIPT_IMPORT)) {
    const list = groups?.['list']?.split(',').map((item) => item.trim().split(/\s/u)[0] ?? '')
    for (const name of list ?? [groups?.['name'] ?? groups?.['dynamic'] ?? '']) names.push(name)
  }
  return names.filter((name) => name !== '').map((name) => name.replace(/^node:/u, ''))
}

/** Whether the name or one of its parent packages is denied. Only a prefix as long as the longest denied name matters. */
function isDenied(name: string, denied: ReadonlySet<string>, longest: number): boolean {
  const head = name.slice(0, longest + 1)
  for (let end = 0; end <= head.length; end += 1) {
    const ends = end === name.length || name[end] === '.' || name[end] === '/'
    if (ends && denied.has(head.slice(0, end))) return true
  }
  return false
}
