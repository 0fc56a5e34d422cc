/** What may be called: the engine would let any statement reach files, the network and the host through these. */

/** Of the engine's table functions the ones that only make rows of what the statement itself says. */
const HARMLESS_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'generate_series',
  'generateseries',
  'generaterandom',
  'values',
  'sqlstandardvalues',
  'view',
  'null',
  'primes',
  'format',
])

/** Functions of expressions that reach files, the network or the host, or that wait. */
const DENIED_FUNCTIONS: ReadonlySet<string> = new Set([
  'file',
  'sleep',
  'sleepeachrow',
  'getserversetting',
  'getserverport',
  'getmacro',
  'getclienthttpheader',
  'catboostevaluate',
  'showcertificate',
  'reversednsquery',
  'structuretocapnprotoschema',
  'structuretoprotobufschema',
  'joinget',
  'joingetornull',
  'icebergtruncate',
  'trap',
  'python',
  // The argument of a table's SETTINGS that opens a disk of its own, local or remote.
  'disk',
])
const DENIED_FAMILIES =
  /^(?:ai(?:generate|classify|extract|translate|embed)|filesystem|addressto|naivebayes|dict(?:get|has|isin))/u

/** Table engines whose rows stay in the data directory. */
const KEPT_ENGINES =
  /^(?:(?:Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Coalescing)?MergeTree|Null|Memory|Log|TinyLog|StripeLog|Atomic|View|MaterializedView)$/u

/** Whether `name(…)` must not run. `tableFunctions` are all the engine has, in lower case. */
export function isDeniedCall(name: string, tableFunctions: ReadonlySet<string>): boolean {
  const lower = name.toLowerCase()
  if (DENIED_FUNCTIONS.has(lower) || DENIED_FAMILIES.test(lower)) return true
  return tableFunctions.has(lower) && !HARMLESS_TABLE_FUNCTIONS.has(lower)
}

/** Whether a table or database may be made with this engine. */
export function isKeptEngine(name: string): boolean {
  return KEPT_ENGINES.test(name)
}
