/** From entries to what the receiver has: whole batches, or halves of them until a bad record stands alone. */
import { DeliveryError, type Batch, type Delivery, type Signal } from './delivery.ts'
import type { Counters } from './counters.ts'
import { keepDeadLetter } from './dead-letters.ts'
import type { Entry } from './outbox/frames.ts'

/** The JSON of entries by signal; a beginning is sent as the log record it carries. */
export function bySignal(entries: readonly Entry[]): Readonly<Record<Signal, string[]>> {
  const logs: string[] = []
  const spans: string[] = []
  for (const { kind, json } of entries) {
    if (kind === 'S') spans.push(json)
    else if (kind !== 'E') logs.push(json)
  }
  return { logs, spans }
}

interface Sending {
  delivery: Delivery
  counters: Counters
  /** `<home>/outbox` */
  root: string
}

/**
 * Delivers a batch. A refused one is halved until the record that is refused stands alone; that one is kept
 * as a dead letter. @throws {DeliveryError} when nobody took it; then all of it may be sent again
 */
export async function deliver(signal: Signal, batch: Batch, sending: Sending): Promise<void> {
  if (batch.items.length === 0) return
  const { delivery, counters } = sending
  try {
    const { rejected, message } = await delivery.send(signal, batch)
    counters.sent += batch.items.length - rejected
    counters.dead += rejected
    if (rejected > 0)
      counters.lastError = `the receiver rejected ${rejected} of ${batch.items.length} ${signal}: ${message}`
  } catch (error) {
    if (!(error instanceof DeliveryError && error.isRefusal)) throw error
    await deliverHalves(signal, batch, { ...sending, reason: error.message })
  }
}

async function deliverHalves(
  signal: Signal,
  { resource, items }: Batch,
  sending: Sending & { reason: string },
): Promise<void> {
  if (items.length > 1) {
    const middle = Math.ceil(items.length / 2)
    await deliver(signal, { resource, items: items.slice(0, middle) }, sending)
    await deliver(signal, { resource, items: items.slice(middle) }, sending)
    return
  }
  const { counters, root, reason } = sending
  await keepDeadLetter(root, { signal, reason, json: items[0] ?? '' })
  counters.dead += 1
  counters.lastError = `one of ${signal} was refused for good: ${reason}`
}
