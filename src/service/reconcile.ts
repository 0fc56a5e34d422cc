import type { Store } from '../store/client.ts'
import { reconcile as compareStored, type StoredComparison } from '../store/queries/reconcile.ts'
import type { Scope, Window } from '../store/scope.ts'
import { readDeadLetters, type DeadLetter } from '../telemetry/outbox/read-dead-letters.ts'

/** Executions that started, rows that are stored, and records that a receiver rejected. */
export interface Reconciliation extends StoredComparison {
  window: Window
  deadCount: number
  dead: readonly DeadLetter[]
}

/** Time for queueing (60 s), start-up, and delivery through outbox, Collector and store. */
export const GRACE_MS = 120_000
/** Maximum of ids listed per kind. */
const LISTED = 1000

/** `code_exec_events` keeps starts for this long; earlier missing executions cannot be found. */
export const EVENTS_KEPT_MS = 7 * 86_400_000

/** Compares started and stored executions in a window, and reads the dead letters of a home. */
export async function reconcile(
  { store, scope, home }: { store: Store; scope: Scope; home: string },
  { window }: { window: Window },
): Promise<Reconciliation> {
  const [compared, { count, letters }] = await Promise.all([
    compareStored(store, { scope, window, graceMs: GRACE_MS, limit: LISTED }),
    readDeadLetters(home, {
      organizationId: scope === 'all' ? null : scope.organizationId,
      since: window.from,
      limit: LISTED,
    }),
  ])
  return { window, ...compared, deadCount: count, dead: letters }
}
