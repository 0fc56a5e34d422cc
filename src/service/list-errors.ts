import type { Store } from '../store/client.ts'
import { getErrors, type ErrorGroup, type ErrorsQuery } from '../store/queries/errors.ts'
import type { Scope } from '../store/scope.ts'

const DAY_MS = 86_400_000
/** An error that was not seen for so long before the window is new. */
const LOOKBACK_DAYS = 30

/** Failures grouped by fingerprint. */
export function listErrors(
  { store, scope }: { store: Store; scope: Scope },
  query: Omit<ErrorsQuery, 'scope' | 'lookbackFrom'>,
): Promise<ErrorGroup[]> {
  const lookback = Math.max(0, Date.parse(query.window.from) - LOOKBACK_DAYS * DAY_MS)
  return getErrors(store, { ...query, scope, lookbackFrom: new Date(lookback).toISOString() })
}
