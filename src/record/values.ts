/** The closed sets of values a record holds. */

export const RUNTIMES = ['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau'] as const
export type RuntimeName = (typeof RUNTIMES)[number]

export const LANGUAGES = ['javascript', 'typescript', 'python', 'bash'] as const
export type Language = (typeof LANGUAGES)[number]

/** Short names that callers may write instead. */
const LANGUAGE_ALIASES = { js: 'javascript', ts: 'typescript', py: 'python', sh: 'bash' } as const
export type LanguageAlias = keyof typeof LANGUAGE_ALIASES

const ALIASES: ReadonlyMap<string, Language> = new Map(Object.entries(LANGUAGE_ALIASES))

/** The language that a short name stands for; anything else as it is. */
export function withoutAlias(given: Language | LanguageAlias): Language
export function withoutAlias<Given>(given: Given): Given | Language
export function withoutAlias<Given>(given: Given): Given | Language {
  return (typeof given === 'string' ? ALIASES.get(given) : undefined) ?? given
}

/** What truly held around the code, never what was hoped for. */
export const ISOLATIONS = ['none', 'process', 'namespace', 'wasm', 'microvm', 'container'] as const
export type Isolation = (typeof ISOLATIONS)[number]

export const OUTCOMES = ['success', 'failure', 'timeout', 'limit', 'cancelled', 'error'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Low-cardinality reasons; the value of OpenTelemetry's `error.type`. */
export const ERROR_TYPES = [
  'exception',
  'exit_code',
  'syntax_error',
  'validation_input',
  'validation_output',
  'policy',
  'timeout',
  'memory_limit',
  'cpu_limit',
  'pids_limit',
  'output_limit',
  'disk_limit',
  'cancelled',
  'runtime_unavailable',
  'runtime_error',
  'executor_crashed',
] as const
export type ErrorType = (typeof ERROR_TYPES)[number]

/** Who measured the memory peak. */
export const MEMORY_SOURCES = ['cgroup', 'rusage', 'engine', 'provider'] as const
export type MemorySource = (typeof MEMORY_SOURCES)[number]
