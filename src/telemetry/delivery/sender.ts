/** The one sender of this process: reads the outbox in order and advances only on success. */
import { renameSync } from 'node:fs'
import type { Counters } from '../counters.ts'
import { expireKept } from '../outbox/dead-letters.ts'
import { openDelivery, type Delivery, type Endpoint } from './otlp-client.ts'
import { Adopter } from '../outbox/adopt.ts'
import { HEARTBEAT_MS } from '../outbox/owner.ts'
import { releasedName } from '../outbox/paths.ts'
import type { PartSize } from '../outbox/reader.ts'
import type { OutboxWriter } from '../outbox/writer.ts'
import { expireOwn, Inheritance, PartSender, sendOwn } from './directory-sender.ts'
import type { Recorder } from '../outbox/recorder.ts'
import { Shipment, type Sending } from './pending-batch.ts'
import { DeliveryError } from './transport.ts'
import { holdOpen, pause, raceDeadline } from './waiting.ts'

/** Times and endpoint as in `TrailOptions`. */
export interface SenderOptions {
  /** `<home>/outbox` */
  root: string
  ownerId: string
  /** OTLP/JSON Resource. */
  resource: string
  writer: OutboxWriter
  recorder: Recorder
  counters: Counters
  resolveEndpoint: () => Promise<Endpoint | null>
  silenceMs?: number | undefined
  maxAgeMs: number
}

/** Entries written within this time go out together. */
const GATHER_MS = 40
const BACKOFF_MIN_MS = 200
const BACKOFF_MAX_MS = 15_000
const NOWHERE_MS = 1000
const EXPIRE_EVERY_MS = 60_000
/** No receiver makes us wait longer than this. */
const RETRY_AFTER_MAX_MS = 600_000

export class Sender {
  readonly #options: SenderOptions
  readonly #adopter: Adopter
  #own: PartSender | null = null
  #inherited: Inheritance[] = []
  #delivery: Delivery | null = null
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #backoffMs = 0
  /** The receiver asked to be left alone until then, on the steady clock. */
  #quietUntil = 0
  #pending: { bytes: number; sinceMs: number | null } = { bytes: 0, sinceMs: null }
  #isStopped = false
  #expiredAt = Number.NEGATIVE_INFINITY
  readonly #beat: NodeJS.Timeout

  constructor(options: SenderOptions) {
    this.#options = options
    const { root, ownerId, resource, writer, silenceMs } = options
    this.#adopter = new Adopter({ root, ownerId, resource, appear: () => writer.open(), silenceMs })
    this.#beat = setInterval(() => this.#heartbeat(), HEARTBEAT_MS).unref()
    this.#schedule(0)
  }

  /** Undelivered bytes, and since when the oldest has waited (epoch ms). */
  get pending(): { bytes: number; sinceMs: number | null } {
    return this.#pending
  }

  /** Something was written, so many bytes of it to the disk: send soon. */
  wake(bytes: number): void {
    this.#pending.bytes += bytes
    this.#pending.sinceMs ??= Date.now()
    if (this.#timer === null) this.#schedule(GATHER_MS)
  }

  /** Tries until all is delivered or the deadline passes; the bytes left, told to `end` while that is still true. */
  async flush(deadlineMs: number, end: (left: number) => void = () => undefined): Promise<number> {
    const deadline = performance.now() + deadlineMs
    const release = holdOpen(deadlineMs)
    try {
      for (;;) {
        if (performance.now() >= this.#quietUntil) await raceDeadline(this.#runNow(), deadline)
        const left = await this.#measure()
        if (left === 0 || performance.now() >= deadline) {
          end(left)
          return left
        }
        await pause(Math.min(BACKOFF_MIN_MS, Math.max(0, deadline - performance.now())))
      }
    } finally {
      release()
    }
  }

  /** Ends sending; what was taken over and not delivered is left to anyone. */
  stop(): void {
    this.#isStopped = true
    this.#options.recorder.noteLosses()
    clearInterval(this.#beat)
    if (this.#timer !== null) clearTimeout(this.#timer)
    // Not waited for: a request under way may hang, and what it carries is in the outbox.
    void this.#disconnect()
    for (const { part } of this.#inherited) {
      try {
        renameSync(part.directory, releasedName(part.directory))
      } catch (error) {
        this.#note(error)
      }
    }
  }

  #schedule(ms: number): void {
    if (this.#timer !== null || this.#isStopped) return
    const wait = Math.max(ms, this.#backoffMs, this.#quietUntil - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#runNow()
    }, wait)
    this.#timer.unref()
  }

  #heartbeat(): void {
    try {
      this.#options.writer.beat()
    } catch (error) {
      this.#note(error)
    }
    this.#options.recorder.retryHeld()
    this.#options.recorder.noteLosses()
    this.#schedule(0)
  }

  /** One pass at a time; a call during a pass gets that pass. */
  #runNow(): Promise<void> {
    this.#running ??= this.#pass().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #pass(): Promise<void> {
    if (this.#isStopped) return
    try {
      for (const part of await this.#adopter.adopt()) this.#inherited.push(new Inheritance(part))
      const delivery = await this.#connect()
      if (delivery !== null) await this.#sendAll(delivery)
      this.#backoffMs = delivery === null ? NOWHERE_MS : 0
    } catch (error) {
      if (this.#isStopped) return
      await this.#backOff(error)
    }
    await this.#expire().catch((error: unknown) => this.#note(error))
    if ((await this.#measure()) > 0) this.#schedule(GATHER_MS)
  }

  async #expire(): Promise<void> {
    const { maxAgeMs, writer, recorder, root } = this.#options
    if (performance.now() - this.#expiredAt < Math.min(EXPIRE_EVERY_MS, maxAgeMs)) return
    this.#expiredAt = performance.now()
    // A wall clock that was stepped forward makes nothing older.
    const beforeMs = Math.min(Date.now(), performance.timeOrigin + performance.now()) - maxAgeMs
    await expireKept(root, beforeMs)
    const own = this.#ownPart()
    let lost = own === null ? 0 : await expireOwn(own, writer, beforeMs)
    for (const inheritance of this.#inherited) lost += await inheritance.expire(beforeMs)
    if (lost > 0) recorder.drop(lost, `not delivered for ${Math.round(maxAgeMs / 3_600_000)} h`)
  }

  async #sendAll(delivery: Delivery): Promise<void> {
    const { counters, root, recorder, writer } = this.#options
    const sending: Sending = { delivery, counters, root }
    const own = this.#ownPart()
    const need = recorder.heldBytes > 0 || recorder.isAtBound ? 'room' : 'none'
    if (own !== null) await sendOwn(own, { writer, need }, sending)
    await this.#sendHeld(sending)
    for (const inheritance of this.#inherited.slice()) {
      await inheritance.send(sending)
      this.#inherited = this.#inherited.filter((other) => other !== inheritance)
    }
  }

  /** What this process writes; null before it has written. */
  #ownPart(): PartSender | null {
    const { writer, resource } = this.#options
    if (writer.directory !== null && this.#own?.directory !== writer.directory)
      this.#own = new PartSender(writer.directory, resource)
    return writer.directory === null ? null : this.#own
  }

  /** What the disk does not take goes out from memory. */
  async #sendHeld(sending: Sending): Promise<void> {
    const { recorder, resource } = this.#options
    recorder.retryHeld()
    while (recorder.heldBytes > 0) {
      const frames = recorder.lendHeld()
      try {
        await new Shipment(resource, frames).deliver(sending)
        recorder.release('delivered', frames)
      } catch (error) {
        recorder.release('failed', frames)
        throw error
      }
    }
  }

  async #backOff(error: unknown): Promise<void> {
    this.#note(error)
    this.#options.counters.retried += 1
    const base = Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_MIN_MS, this.#backoffMs * 2))
    this.#backoffMs = base * (0.8 + Math.random() * 0.4)
    const asked = error instanceof DeliveryError ? error.retryAfterMs : null
    if (asked !== null) this.#quietUntil = performance.now() + Math.min(asked, RETRY_AFTER_MAX_MS)
    await this.#disconnect()
  }

  async #connect(): Promise<Delivery | null> {
    if (this.#delivery === null) {
      const endpoint = await this.#options.resolveEndpoint()
      if (endpoint === null) return null
      this.#delivery = openDelivery(endpoint)
    }
    return this.#delivery
  }

  /** The stack may have started again elsewhere: look the endpoint up anew. */
  async #disconnect(): Promise<void> {
    const old = this.#delivery
    this.#delivery = null
    await old?.shutdown().catch((error: unknown) => this.#note(error))
  }

  /** Undelivered bytes, ours and adopted, 1 for what came meanwhile; tells the recorder how much of the bound is taken. */
  async #measure(): Promise<number> {
    const { recorder, counters } = this.#options
    const { written } = counters
    const parts = [this.#ownPart(), ...this.#inherited].filter((part) => part !== null)
    const sizes = await Promise.all(parts.map((part): Promise<PartSize> => part.measure()))
    const bytes = sizes.reduce((sum, size) => sum + size.waitingBytes, recorder.heldBytes)
    recorder.diskBytes = sizes.reduce((sum, size) => sum + size.diskBytes, 0)
    const oldest = Math.min(...sizes.map(({ oldestMs }) => oldestMs ?? Number.POSITIVE_INFINITY))
    const waits = Number.isFinite(oldest) ? oldest : (this.#pending.sinceMs ?? Date.now())
    this.#pending = { bytes, sinceMs: bytes === 0 ? null : waits }
    return counters.written === written ? bytes : Math.max(bytes, 1)
  }

  #note(error: unknown): void {
    this.#options.counters.lastError = error instanceof Error ? error.message : String(error)
  }
}
