/** Words of the registry's tables; a module of its own, so that the command line names them without Postgres' client. */

/** Who sees a code agent. */
export const VISIBILITIES = ['private', 'workspace', 'organization', 'public'] as const
export type Visibility = (typeof VISIBILITIES)[number]

/** Whether an administrator of the installation lets other organizations see a version. */
export const REVIEWS = ['pending', 'approved', 'refused'] as const
export type Review = (typeof REVIEWS)[number]

export const REPORT_KINDS = ['malicious', 'broken', 'misleading', 'licence', 'other'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

/** What agents are filtered by, and counted by where a search asks for it. */
export const FACETS = ['language', 'runtime', 'topic', 'license'] as const
export type Facet = (typeof FACETS)[number]

/** Orders of a search. */
export const SEARCH_SORTS = ['relevance', 'newest', 'runs', 'success', 'cost', 'latency', 'trend'] as const
export type SearchSort = (typeof SEARCH_SORTS)[number]
