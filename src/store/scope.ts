/** Whose rows a query may see: those of one organization or of one of its workspaces. */
export interface Tenant {
  readonly organizationId: string
  /** Absent: every workspace, and rows without one. */
  readonly workspaceId?: string
}

/** The rows that a query may see: 'all' with an administrator's key, else those of one tenant. */
export type Scope = Tenant | 'all'

export function isWorkspace(scope: Scope): boolean {
  return scope !== 'all' && scope.workspaceId !== undefined
}

/** True for a record that the scope may see: what the tenant's condition is to rows of the store. */
export function includes(
  scope: Scope,
  record: { organizationId: string; workspaceId: string | null },
): boolean {
  if (scope === 'all') return true
  const { organizationId, workspaceId } = scope
  return (
    record.organizationId === organizationId &&
    (workspaceId === undefined || record.workspaceId === workspaceId)
  )
}

/** Half-open range over `started_at`, ISO 8601 UTC. */
export interface Window {
  from: string
  to: string
}

/** Length of a window. */
export function secondsOf({ from, to }: Window): number {
  return (Date.parse(to) - Date.parse(from)) / 1000
}

/** The window of the same length that ends where this one begins. */
export function windowBefore({ from, to }: Window): Window {
  const begin = Math.max(0, Date.parse(from) * 2 - Date.parse(to))
  return { from: new Date(begin).toISOString(), to: from }
}
