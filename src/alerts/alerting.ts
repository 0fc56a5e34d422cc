/** Runs alerts while the service runs: evaluates where this replica holds the lease, and delivers in every replica. */
import { randomUUID } from 'node:crypto'
import { pruneEvaluations } from '../metadata/alert-evaluations.ts'
import { releaseLease, takeLease } from '../metadata/alert-lease.ts'
import { repeat, type Repetition } from '../service/repeat.ts'
import { deliverDue, type Delivery } from './deliver.ts'
import { evaluateDue } from './evaluate.ts'
import type { AlertSources } from './read-rules.ts'

const EVALUATE_EVERY_MS = 2_000
const DELIVER_EVERY_MS = 1_000
const PRUNE_EVERY_MS = 3_600_000
const LEASE_SECONDS = 30

export interface AlertingParts {
  sources: AlertSources
  delivery: Delivery
  /** Gets the first error of a series, in one line. */
  log: (line: string) => void
  /** Name of this replica, under which it holds the lease. @default a random one */
  replica?: string
  /** So long others wait for a replica that was killed. @default 30 */
  leaseSeconds?: number
}

/** Starts both. Closing ends after what is being evaluated and sent, and gives the lease up. */
export function startAlerting({
  sources,
  delivery,
  log,
  replica = randomUUID(),
  leaseSeconds = LEASE_SECONDS,
}: AlertingParts): Repetition {
  const lease = { holder: replica, seconds: leaseSeconds }
  const { queries } = sources.database
  const tasks = [
    repeat(() => evaluateWithLease(sources, lease), {
      everyMs: EVALUATE_EVERY_MS,
      log,
      failure: 'Alerts are late',
    }),
    repeat(() => deliverAll(delivery), { everyMs: DELIVER_EVERY_MS, log, failure: 'Notifications wait' }),
    repeat(() => pruneEvaluations(queries), {
      everyMs: PRUNE_EVERY_MS,
      log,
      failure: 'Old evaluations of alerts are not removed',
    }),
  ]
  return {
    async close() {
      await Promise.all(tasks.map((task) => task.close()))
      await releaseLease(queries, replica).catch(() => undefined)
    },
  }
}

async function evaluateWithLease(
  sources: AlertSources,
  lease: { holder: string; seconds: number },
): Promise<void> {
  const { queries } = sources.database
  const { held, now } = await takeLease(queries, lease)
  if (!held) return
  // Where it is lost all the same, the next holder's transactions make those of this one fail to find the rules unchanged.
  const renew = (): void => void takeLease(queries, lease).catch(() => undefined)
  const renewing = setInterval(renew, (lease.seconds * 1000) / 3)
  try {
    await evaluateDue(sources, now)
  } finally {
    clearInterval(renewing)
  }
}

async function deliverAll(delivery: Delivery): Promise<void> {
  while ((await deliverDue(delivery)) > 0);
}
