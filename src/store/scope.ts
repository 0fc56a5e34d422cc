/** The rows that a query may see: 'all' with an administrator's key, else those of one organization. */
export type Scope = { readonly organizationId: string } | 'all'

/** Half-open range over `started_at`, ISO 8601 UTC. */
export interface Window {
  from: string
  to: string
}
