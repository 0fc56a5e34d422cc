/** Whose rows a query may see. An administrator's key gives 'all'; every other key one organization. */
export type Scope = { readonly organizationId: string } | 'all'

/** Half-open range over `started_at`, ISO 8601 UTC. */
export interface Window {
  from: string
  to: string
}
