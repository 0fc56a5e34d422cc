/** The one sender of this process: reads the outbox in order and advances only on success. */
import { renameSync } from 'node:fs'
import { diag } from '@opentelemetry/api'
import { messageOf } from '../../errors.ts'
import type { Counters } from '../counters.ts'
import { Adopter } from '../outbox/adopt.ts'
import { removeOldFiles } from '../outbox/dead-letters.ts'
import { HEARTBEAT_MS } from '../outbox/owner.ts'
import { releasedName } from '../outbox/paths.ts'
import type { DirectorySize } from '../outbox/reader.ts'
import type { Recorder } from '../outbox/recorder.ts'
import type { OutboxWriter } from '../outbox/writer.ts'
import { AdoptedOutbox } from './adopted-outbox.ts'
import { Backoff } from './backoff.ts'
import { DirectorySender } from './directory-sender.ts'
import { openOtlpClient, type Endpoint, type OtlpClient } from './otlp-client.ts'
import { expireOwn, sendOwn } from './own-outbox.ts'
import { PendingBatch, type DeliveryContext } from './pending-batch.ts'
import { keepProcessAlive, pause, raceDeadline } from './waiting.ts'

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

/** Entries written within this time are sent together. */
const COLLECT_MS = 40
const POLL_MS = 200
const NO_ENDPOINT_MS = 1000
const EXPIRE_EVERY_MS = 60_000

export class Sender {
  readonly #options: SenderOptions
  readonly #adopter: Adopter
  #own: DirectorySender | null = null
  #adopted: AdoptedOutbox[] = []
  #client: OtlpClient | null = null
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  readonly #backoff = new Backoff()
  #pending: { bytes: number; sinceMs: number | null } = { bytes: 0, sinceMs: null }
  #isStopped = false
  #expiredAt = Number.NEGATIVE_INFINITY
  readonly #heartbeatTimer: NodeJS.Timeout

  constructor(options: SenderOptions) {
    this.#options = options
    const { root, ownerId, resource, writer, silenceMs } = options
    this.#adopter = new Adopter({ root, ownerId, resource, announce: () => writer.open(), silenceMs })
    this.#heartbeatTimer = setInterval(() => this.#heartbeat(), HEARTBEAT_MS).unref()
    this.#schedule(0)
  }

  /** Undelivered bytes, and the time the oldest was written (epoch ms). */
  get pending(): { bytes: number; sinceMs: number | null } {
    return this.#pending
  }

  /** Called after a write, with the bytes it put on the disk: send soon. */
  wake(bytes: number): void {
    this.#pending.bytes += bytes
    this.#pending.sinceMs ??= Date.now()
    if (this.#timer === null) this.#schedule(COLLECT_MS)
  }

  /** Tries until everything is delivered or the deadline passes. Returns the bytes left, given to `end` before anything else is written. */
  async flush(deadlineMs: number, end: (left: number) => void = () => undefined): Promise<number> {
    const deadline = performance.now() + deadlineMs
    const release = keepProcessAlive(deadlineMs)
    try {
      for (;;) {
        if (!this.#backoff.isPaused) await raceDeadline(this.#runNow(), deadline)
        const left = await this.#measure()
        if (left === 0 || performance.now() >= deadline) {
          end(left)
          return left
        }
        await pause(Math.min(POLL_MS, Math.max(0, deadline - performance.now())))
      }
    } finally {
      release()
    }
  }

  /** Stops sending; adopted directories that are not delivered are left to any process. */
  stop(): void {
    this.#isStopped = true
    this.#options.recorder.noteLosses()
    clearInterval(this.#heartbeatTimer)
    if (this.#timer !== null) clearTimeout(this.#timer)
    // Not awaited: a request in flight may hang, and what it carries is in the outbox.
    void this.#disconnect()
    for (const { directory } of this.#adopted) {
      try {
        renameSync(directory.path, releasedName(directory.path))
      } catch (error) {
        this.#recordError(error)
      }
    }
  }

  #schedule(ms: number): void {
    if (this.#timer !== null || this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#runNow()
    }, this.#backoff.waitMs(ms))
    this.#timer.unref()
  }

  #heartbeat(): void {
    try {
      this.#options.writer.beat()
    } catch (error) {
      this.#recordError(error)
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
      for (const directory of await this.#adopter.adopt()) this.#adopted.push(new AdoptedOutbox(directory))
      const client = await this.#connect()
      if (client !== null) await this.#sendAll(client)
      this.#backoff.reset(client === null ? NO_ENDPOINT_MS : 0)
    } catch (error) {
      if (this.#isStopped) return
      this.#recordError(error)
      this.#options.counters.retried += 1
      this.#backoff.fail(error)
      await this.#disconnect()
    }
    await this.#expire().catch((error: unknown) => this.#recordError(error))
    if ((await this.#measure()) > 0) this.#schedule(COLLECT_MS)
  }

  async #expire(): Promise<void> {
    const { maxAgeMs, writer, recorder, root } = this.#options
    if (performance.now() - this.#expiredAt < Math.min(EXPIRE_EVERY_MS, maxAgeMs)) return
    this.#expiredAt = performance.now()
    // Stepping the wall clock forward must not make entries older.
    const beforeMs = Math.min(Date.now(), performance.timeOrigin + performance.now()) - maxAgeMs
    await removeOldFiles(root, beforeMs)
    const own = this.#ownSender()
    let lost = own === null ? 0 : await expireOwn(own, writer, beforeMs)
    for (const adopted of this.#adopted) lost += await adopted.expire(beforeMs)
    if (lost > 0) recorder.drop(lost, `not delivered for ${Math.round(maxAgeMs / 3_600_000)} h`)
  }

  async #sendAll(client: OtlpClient): Promise<void> {
    const { counters, root, recorder, writer } = this.#options
    const context: DeliveryContext = { client, counters, root }
    const own = this.#ownSender()
    if (client.only !== null) {
      // The other signal waits in the outbox, and so does everything that other processes left.
      if (own !== null) await own.sendAhead(client.only, context, (segment) => writer.isWriting(segment))
      return
    }
    const need = recorder.heldBytes > 0 || recorder.isAtBound ? 'room' : 'none'
    if (own !== null) await sendOwn(own, { writer, need }, context)
    await this.#sendHeld(context)
    for (const adopted of this.#adopted.slice()) {
      await adopted.send(context)
      this.#adopted = this.#adopted.filter((other) => other !== adopted)
    }
  }

  /** Sends what this process writes; null before its first write. */
  #ownSender(): DirectorySender | null {
    const { writer, resource } = this.#options
    if (writer.directory !== null && this.#own?.directory !== writer.directory)
      this.#own = new DirectorySender(writer.directory, resource)
    return writer.directory === null ? null : this.#own
  }

  /** Sends from memory what the disk did not take. */
  async #sendHeld(context: DeliveryContext): Promise<void> {
    const { recorder, resource } = this.#options
    recorder.retryHeld()
    while (recorder.heldBytes > 0) {
      const frames = recorder.leaseHeld()
      try {
        await new PendingBatch(resource, frames).deliver(context)
        recorder.release('delivered', frames)
      } catch (error) {
        recorder.release('failed', frames)
        throw error
      }
    }
  }

  async #connect(): Promise<OtlpClient | null> {
    if (this.#client === null) {
      const endpoint = await this.#options.resolveEndpoint()
      if (endpoint === null) return null
      this.#client = openOtlpClient(endpoint)
    }
    return this.#client
  }

  /** The stack may have restarted on another port: the next attempt looks the endpoint up again. */
  async #disconnect(): Promise<void> {
    const old = this.#client
    this.#client = null
    await old?.shutdown().catch((error: unknown) => this.#recordError(error))
  }

  /** Undelivered bytes, our own and adopted, at least 1 if something was written meanwhile. Updates the recorder's disk usage. */
  async #measure(): Promise<number> {
    const { recorder, counters } = this.#options
    const { written } = counters
    const senders = [this.#ownSender(), ...this.#adopted].filter((sender) => sender !== null)
    const sizes = await Promise.all(senders.map((sender): Promise<DirectorySize> => sender.measure()))
    const bytes = sizes.reduce((sum, size) => sum + size.waitingBytes, recorder.heldBytes)
    recorder.diskBytes = sizes.reduce((sum, size) => sum + size.diskBytes, 0)
    const oldest = Math.min(...sizes.map(({ oldestMs }) => oldestMs ?? Number.POSITIVE_INFINITY))
    const sinceMs = Number.isFinite(oldest) ? oldest : (this.#pending.sinceMs ?? Date.now())
    this.#pending = { bytes, sinceMs: bytes === 0 ? null : sinceMs }
    return counters.written === written ? bytes : Math.max(bytes, 1)
  }

  #recordError(error: unknown): void {
    const message = messageOf(error)
    this.#options.counters.lastError = message
    diag.warn(`exectrail: records wait in the outbox: ${message}`)
  }
}
