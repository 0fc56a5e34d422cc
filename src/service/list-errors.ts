import type { Database } from '../metadata/database.ts'
import { listDecisions, type ErrorDecision } from '../metadata/error-states.ts'
import type { Store } from '../store/client.ts'
import type { ErrorState, SettledError } from '../store/error-state.ts'
import { getErrors, type ErrorGroup, type ErrorsQuery } from '../store/queries/errors.ts'
import type { Scope } from '../store/scope.ts'
import type { ErrorView } from './error-view.ts'

/** The states that are shown unless others are asked for. */
export const USUAL_STATES = ['open', 'regressed', 'resolved'] as const satisfies readonly ErrorState[]

const DAY_MS = 86_400_000
/** An error that was not seen for so long before the day on which the window begins is new. Failures are kept by whole days. */
const LOOKBACK_DAYS = 30

/** Failures grouped by fingerprint. Without metadata (null) every group is open. */
export async function listErrors(
  { store, metadata, scope }: { store: Store; metadata: { database: Database } | null; scope: Scope },
  query: Omit<ErrorsQuery, 'scope' | 'lookbackFrom' | 'settled'>,
): Promise<ErrorView[]> {
  const firstDay = Math.floor(Date.parse(query.window.from) / DAY_MS)
  const lookback = Math.max(0, (firstDay - LOOKBACK_DAYS) * DAY_MS)
  const decisions = byGroup(metadata === null ? [] : await listDecisions(metadata.database.queries, scope))
  const groups = await getErrors(store, {
    ...query,
    scope,
    settled: [...decisions.values()].flatMap(toSettled),
    lookbackFrom: new Date(lookback).toISOString(),
  })
  return groups.map((group) => addDecision(group, decisions))
}

/** The first of each group holds. */
function byGroup(decisions: readonly ErrorDecision[]): ReadonlyMap<string, ErrorDecision> {
  return new Map(
    decisions
      .toReversed()
      .map((decision) => [keyOf(decision.organizationId, decision.fingerprint), decision]),
  )
}

function keyOf(organizationId: string, fingerprint: string): string {
  return `${fingerprint} ${organizationId}`
}

function toSettled({ organizationId, fingerprint, state, stateSince }: ErrorDecision): SettledError[] {
  if (state === 'open') return []
  return [{ organizationId, fingerprint, resolvedAt: state === 'ignored' ? null : Date.parse(stateSince) }]
}

/** A group of several organizations has no decision of its own. */
function addDecision(group: ErrorGroup, decisions: ReadonlyMap<string, ErrorDecision>): ErrorView {
  const [first = '', ...others] = group.organizations
  const decision = others.length === 0 ? decisions.get(keyOf(first, group.fingerprint)) : undefined
  return { ...group, assignee: decision?.assignee ?? null, stateSince: decision?.stateSince ?? null }
}
