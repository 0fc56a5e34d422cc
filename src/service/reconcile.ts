import type { Store } from '../store/client.ts'
import { reconcile as compareStored, type StoredComparison } from '../store/queries/reconcile.ts'
import type { Scope, Window } from '../store/scope.ts'
import { readDeadLetters, type DeadLetter } from '../telemetry/outbox/read-dead-letters.ts'

/** What was accepted, what is stored, and what was refused for good on the way. */
export interface Reconciliation extends StoredComparison {
  window: Window
  deadCount: number
  dead: readonly DeadLetter[]
}

/** Waiting for a place (60 s), start-up and the way through outbox, Collector and store. */
const SETTLE_MS = 120_000
/** Ids listed of each kind. */
const LISTED = 1000

/** Begun executions are known for this long; what began earlier cannot be found missing. */
export const EVENTS_KEPT_MS = 7 * 86_400_000

/** Compares ids accepted with ids stored over a window, and reads the dead letters of a home. */
export async function reconcile(
  { store, scope, home }: { store: Store; scope: Scope; home: string },
  { window }: { window: Window },
): Promise<Reconciliation> {
  const [compared, { count, letters }] = await Promise.all([
    compareStored(store, { scope, window, settleMs: SETTLE_MS, limit: LISTED }),
    readDeadLetters(home, {
      organizationId: scope === 'all' ? null : scope.organizationId,
      since: window.from,
      limit: LISTED,
    }),
  ])
  return { window, ...compared, deadCount: count, dead: letters }
}
