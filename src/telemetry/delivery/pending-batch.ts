/** One run of frames on its way: what of it the receiver has not taken yet. */
import type { Counters } from '../counters.ts'
import { keepDeadLetter } from '../outbox/dead-letters.ts'
import type { Batch, Delivery, Item, Signal } from './otlp-client.ts'
import type { StoredFrame } from '../outbox/frames.ts'
import { EXECTRAIL_SCOPE } from '../record/otlp-json.ts'
import { DeliveryError } from './transport.ts'

export interface Sending {
  delivery: Delivery
  counters: Counters
  /** `<home>/outbox` */
  root: string
}

const OWN_SCOPE = Buffer.from(EXECTRAIL_SCOPE)
const EMPTY: readonly Item[] = []

/** The log records and spans of frames. A beginning is sent as the log record it carries. */
function itemsOf(frames: readonly StoredFrame[]): Record<Signal, Item[]> {
  const logs: Item[] = []
  const spans: Item[] = []
  for (const { kind, first, second } of frames) {
    if (kind === 'L') logs.push({ scope: first, json: second })
    else if (kind === 'S') spans.push({ scope: first, json: second })
    else if (kind === 'B' || kind === 'C') logs.push({ scope: OWN_SCOPE, json: first })
    if (kind === 'C') spans.push({ scope: OWN_SCOPE, json: second })
  }
  return { logs, spans }
}

/**
 * Delivers what it holds, and after a failure only what is left of it. A refused batch is halved until the
 * record that is refused stands alone; that one is kept as a dead letter with the receiver's words.
 */
export class Shipment {
  readonly #resource: string
  readonly #left: Record<Signal, (readonly Item[])[]>

  constructor(resource: string, frames: readonly StoredFrame[]) {
    this.#resource = resource
    const { logs, spans } = itemsOf(frames)
    this.#left = { logs: logs.length > 0 ? [logs] : [], spans: spans.length > 0 ? [spans] : [] }
  }

  /** Resolves when nothing is left. @throws {DeliveryError} where the receiver took not all of it */
  async deliver(sending: Sending): Promise<void> {
    const results = await Promise.allSettled([this.#drain('logs', sending), this.#drain('spans', sending)])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #drain(signal: Signal, sending: Sending): Promise<void> {
    const left = this.#left[signal]
    for (let items = left[0]; items !== undefined; items = left[0]) {
      try {
        await this.#send(signal, items, sending)
        left.shift()
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error
        if (items.length > 1 && (error.isRefusal || error.isBroken)) left.splice(0, 1, ...halves(items))
        if (!error.isRefusal) throw error
        if (items.length > 1) continue
        await this.#bury(signal, { item: items[0], reason: error }, sending)
        left.shift()
      }
    }
  }

  async #send(signal: Signal, items: readonly Item[], { delivery, counters, root }: Sending): Promise<void> {
    const { rejected, message } = await delivery.send(signal, this.#batch(items))
    counters.sent += items.length - rejected
    counters.dead += rejected
    if (rejected === 0) return
    // Which of them it does not say.
    const reason = `the receiver rejected ${rejected} of ${items.length} ${signal}: ${message}`
    counters.lastError = reason
    await keepDeadLetter(root, { signal, reason, json: '' }).catch((error: unknown) => {
      counters.lastError = `${reason}; that cannot be noted: ${String(error)}`
    })
  }

  async #bury(
    signal: Signal,
    { item, reason }: { item: Item | undefined; reason: DeliveryError },
    { delivery, counters, root }: Sending,
  ): Promise<void> {
    // A receiver that refuses even an empty request refuses everything: then the record is not to blame.
    await delivery.send(signal, this.#batch(EMPTY)).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new DeliveryError(`the receiver refuses everything: ${why}`)
    })
    const json = item?.json.toString('utf8') ?? ''
    await keepDeadLetter(root, { signal, reason: reason.message, json })
    counters.dead += 1
    counters.lastError = `one of ${signal} was refused for good: ${reason.message}`
  }

  #batch(items: readonly Item[]): Batch {
    return { resource: this.#resource, items }
  }
}

function halves(items: readonly Item[]): (readonly Item[])[] {
  const middle = Math.ceil(items.length / 2)
  return [items.slice(0, middle), items.slice(middle)]
}
