/** Which functions, table functions and engines a statement may name. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REFUSED_FUNCTIONS } from './refused-functions.ts'

/** What the running engine can call, in lower case. */
export interface KnownFunctions {
  /** Functions of expressions, aggregates among them. */
  functions: ReadonlySet<string>
  tableFunctions: ReadonlySet<string>
  /** Suffixes of aggregates, as `if` and `state`. */
  combinators: readonly string[]
}

/** Functions of expressions that were reviewed and do nothing but compute, in lower case. */
const REVIEWED: ReadonlySet<string> = new Set(
  readFileSync(join(import.meta.dirname, 'reviewed-functions.txt'), 'utf8')
    .trim()
    .split(/\s+/u),
)

/** Of the table functions the ones that only make rows of what the statement itself says. */
const OPEN_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'primes',
  'generateseries',
  'generate_series',
  'view',
  // Their arguments are checked besides.
  'values',
  'sqlstandardvalues',
  'viewexplain',
  'format',
])

/** Not in the engine's lists: opens a disk of its own in a table's SETTINGS; ends the process in some builds. */
const UNLISTED: ReadonlySet<string> = new Set(['disk', 'trap', 'python', 'reversednsquery'])

const LONGEST_NAME = 200

/** Table engines whose rows stay in the data directory. */
const KEPT_ENGINES =
  /^(?:(?:Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Coalescing)?MergeTree|Null|Memory|Log|TinyLog|StripeLog|Atomic|View|MaterializedView)$/u

/**
 * Why `name(…)` must not run, null where it may. What the engine knows and no list of ours does is refused; what the
 * engine does not know either is a type, a codec or the like, or the engine says so itself.
 */
export function refusalOf(name: string, known: KnownFunctions): string | null {
  const lower = name.toLowerCase()
  if (REVIEWED.has(lower)) return null
  if (lower.length > LONGEST_NAME) return 'is longer than any name of a function'
  if (UNLISTED.has(lower)) return 'reaches beyond the tables'
  const group = REFUSED_FUNCTIONS.find(({ names }) => names.test(lower))
  if (group !== undefined && known.functions.has(lower)) return group.reason
  if (known.functions.has(lower)) return 'was not reviewed'
  if (known.tableFunctions.has(lower) && !OPEN_TABLE_FUNCTIONS.has(lower))
    return 'is a table function that reaches beyond the tables'
  const bases = basesOf(lower, known)
  return bases.length > 0 && !bases.some((base) => REVIEWED.has(base))
    ? 'is an aggregate that is not open'
    : null
}

/** The aggregates a name can be under its suffixes. */
function basesOf(name: string, known: KnownFunctions): string[] {
  const rests = known.combinators
    .filter((suffix) => name.endsWith(suffix))
    .map((suffix) => name.slice(0, -suffix.length))
  return rests.flatMap((rest) => (known.functions.has(rest) ? [rest] : basesOf(rest, known)))
}

/** Whether a table or database may be made with this engine. */
export function isKeptEngine(name: string): boolean {
  return KEPT_ENGINES.test(name)
}
