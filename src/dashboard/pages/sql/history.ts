/** The queries that were asked in this browser, the newest first; at most fifty, and none that is very long. */
import { useSyncExternalStore } from 'react'

export interface Past {
  query: string
  rows: number
  tookMs: number
  /** ISO 8601 UTC */
  at: string
}

const STORED = 'exectrail.sql'
const KEPT = 50
const QUERY_MAX = 10_000
const listeners = new Set<() => void>()
let past = load()

export function useHistory(): readonly Past[] {
  return useSyncExternalStore(subscribe, () => past)
}

/** A query that was asked before moves to the front. */
export function remember(entry: Past): void {
  if (entry.query.length > QUERY_MAX) return
  change([entry, ...past.filter(({ query }) => query !== entry.query)].slice(0, KEPT))
}

export function forgetAll(): void {
  change([])
}

function change(next: readonly Past[]): void {
  past = next
  try {
    localStorage.setItem(STORED, JSON.stringify(past))
  } catch {
    // A browser that keeps nothing has the history until the page is left.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function load(): readonly Past[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isPast).slice(0, KEPT) : []
  } catch {
    return []
  }
}

function isPast(value: unknown): value is Past {
  if (typeof value !== 'object' || value === null) return false
  const { query, rows, tookMs, at }: Partial<Record<string, unknown>> = { ...value }
  return (
    typeof query === 'string' &&
    typeof rows === 'number' &&
    typeof tookMs === 'number' &&
    typeof at === 'string'
  )
}
