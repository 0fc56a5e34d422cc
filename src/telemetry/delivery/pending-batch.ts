/** A run of frames under delivery: what of it the receiver has not taken yet. */
import { messageOf } from '../../errors.ts'
import type { Counters } from '../counters.ts'
import { writeDeadLetter } from '../outbox/dead-letters.ts'
import type { StoredFrame } from '../outbox/frames.ts'
import { EXECTRAIL_SCOPE } from '../record/otlp-json.ts'
import type { Batch, Item, OtlpClient, Signal } from './otlp-client.ts'
import { DeliveryError } from './transport.ts'

export interface DeliveryContext {
  client: OtlpClient
  counters: Counters
  /** `<home>/outbox` */
  root: string
}

const OWN_SCOPE = Buffer.from(EXECTRAIL_SCOPE)
const EMPTY: readonly Item[] = []

/** The log records and spans of frames. A start is sent as the log record it carries. */
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
 * Delivers its records, and after a failure only those that are left. A refused batch is halved until the refused
 * record stands alone; that one becomes a dead letter with the receiver's message.
 */
export class PendingBatch {
  readonly #resource: string
  readonly #left: Record<Signal, (readonly Item[])[]>

  /** @param sent the signal of these frames that is delivered already */
  constructor(resource: string, frames: readonly StoredFrame[], sent: Signal | null = null) {
    this.#resource = resource
    const { logs, spans } = itemsOf(frames)
    const leave = (signal: Signal, items: readonly Item[]): (readonly Item[])[] =>
      items.length > 0 && signal !== sent ? [items] : []
    this.#left = { logs: leave('logs', logs), spans: leave('spans', spans) }
  }

  /** Resolves when nothing is left. @throws {DeliveryError} when the receiver did not take all of it */
  async deliver(context: DeliveryContext): Promise<void> {
    const results = await Promise.allSettled([this.#drain('logs', context), this.#drain('spans', context)])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** As `deliver`, for one signal. */
  deliverOnly(signal: Signal, context: DeliveryContext): Promise<void> {
    return this.#drain(signal, context)
  }

  async #drain(signal: Signal, context: DeliveryContext): Promise<void> {
    const left = this.#left[signal]
    for (let items = left[0]; items !== undefined; items = left[0]) {
      try {
        await this.#send(signal, items, context)
        left.shift()
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error
        if (items.length > 1 && (error.isRefusal || error.isBroken)) left.splice(0, 1, ...halves(items))
        if (!error.isRefusal) throw error
        if (items.length > 1) continue
        await this.#deadLetter(signal, { item: items[0], reason: error }, context)
        left.shift()
      }
    }
  }

  async #send(
    signal: Signal,
    items: readonly Item[],
    { client, counters, root }: DeliveryContext,
  ): Promise<void> {
    const { rejected, message } = await client.send(signal, this.#batch(items))
    counters.sent += items.length - rejected
    counters.dead += rejected
    if (rejected === 0) return
    // A partial success does not say which records were rejected.
    const reason = `the receiver rejected ${rejected} of ${items.length} ${signal}: ${message}`
    counters.lastError = reason
    await writeDeadLetter(root, { signal, reason, json: '' }).catch((error: unknown) => {
      counters.lastError = `${reason}; the dead letter cannot be written: ${String(error)}`
    })
  }

  async #deadLetter(
    signal: Signal,
    { item, reason }: { item: Item | undefined; reason: DeliveryError },
    { client, counters, root }: DeliveryContext,
  ): Promise<void> {
    // A receiver that refuses even an empty request refuses everything, so the record is not the cause.
    await client.send(signal, this.#batch(EMPTY)).catch((error: unknown) => {
      throw new DeliveryError(`the receiver refuses everything: ${messageOf(error)}`)
    })
    const json = item?.json.toString('utf8') ?? ''
    await writeDeadLetter(root, { signal, reason: reason.message, json })
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
