/** Functions, table functions and engines that a statement may use. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REFUSED_FUNCTIONS } from './refused-functions.ts'

/** Names that the running engine can call, in lower case. */
export interface KnownFunctions {
  /** Functions of expressions, including aggregates. */
  functions: ReadonlySet<string>
  tableFunctions: ReadonlySet<string>
  /** Suffixes of aggregates, such as `if` and `state`. */
  combinators: readonly string[]
}

/** Reviewed functions of expressions, which only compute; in lower case. */
const REVIEWED: ReadonlySet<string> = new Set(
  readFileSync(join(import.meta.dirname, 'reviewed-functions.txt'), 'utf8')
    .trim()
    .split(/\s+/u),
)

/** Table functions that only produce rows from the statement itself. */
const OPEN_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'primes',
  'generateseries',
  'generate_series',
  'view',
  // The arguments of these are checked as well.
  'values',
  'sqlstandardvalues',
  'viewexplain',
  'format',
])

/** Names that are missing in the engine's lists: `disk` opens a disk in a table's SETTINGS, `trap` ends the process. */
const UNLISTED: ReadonlySet<string> = new Set(['disk', 'trap', 'python', 'reversednsquery'])

const LONGEST_NAME = 200

/** Table engines whose rows stay in the data directory. */
const KEPT_ENGINES =
  /^(?:(?:Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Coalescing)?MergeTree|Null|Memory|Log|TinyLog|StripeLog|Atomic|View|MaterializedView)$/u

/**
 * Why `name(…)` must not run, or null. A function of the engine that is in no list of ours is refused. A name that the
 * engine does not know is a type or a codec, or else the engine reports it.
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

/** The aggregates that a name can stand for without its suffixes. */
function basesOf(name: string, known: KnownFunctions): string[] {
  const rests = known.combinators
    .filter((suffix) => name.endsWith(suffix))
    .map((suffix) => name.slice(0, -suffix.length))
  return rests.flatMap((rest) => (known.functions.has(rest) ? [rest] : basesOf(rest, known)))
}

/** Whether a table or database may use this engine. */
export function isKeptEngine(name: string): boolean {
  return KEPT_ENGINES.test(name)
}
