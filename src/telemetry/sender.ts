/** The one sender of this process: reads the outbox in order and advances only on success. */
import { rm } from 'node:fs/promises'
import { bySignal, deliver } from './batches.ts'
import type { Counters } from './counters.ts'
import { crashEntries } from './crash.ts'
import { keepCorrupt } from './dead-letters.ts'
import { openDelivery, type Delivery } from './delivery.ts'
import { adoptOrphans, findUnended, type Part } from './outbox/adopt.ts'
import { HEARTBEAT_MS, SILENCE_MS } from './outbox/owner.ts'
import { listSegments, measure, readChunk, removeSegment, saveOffset } from './outbox/reader.ts'
import type { OutboxWriter } from './outbox/writer.ts'

export interface Endpoint {
  /** OTLP/HTTP base URL. */
  url: string
  headers: Readonly<Record<string, string>>
}

export interface SenderOptions {
  root: string
  ownerId: string
  resource: string
  writer: OutboxWriter
  counters: Counters
  /** Where to send now; null: nowhere yet. Asked again after every failure. */
  resolveEndpoint: () => Promise<Endpoint | null>
}

/** Entries written within this time go out together. */
const GATHER_MS = 40
const BACKOFF_MIN_MS = 200
const BACKOFF_MAX_MS = 15_000

export class Sender {
  readonly #options: SenderOptions
  #parts: Part[] = []
  #delivery: { key: string; delivery: Delivery } | null = null
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #backoffMs = 0
  #pendingBytes = 0
  #oldestSince: number | null = null
  #stopped = false
  readonly #beat: NodeJS.Timeout

  constructor(options: SenderOptions) {
    this.#options = options
    this.#beat = setInterval(() => this.#heartbeat(), HEARTBEAT_MS)
    this.#beat.unref()
    this.#heartbeat()
  }

  /** Undelivered bytes, and since when something has waited (epoch ms). */
  get pending(): { bytes: number; sinceMs: number | null } {
    return { bytes: this.#pendingBytes, sinceMs: this.#oldestSince }
  }

  /** Something was written: send soon. */
  wake(bytes: number): void {
    this.#pendingBytes += bytes
    this.#oldestSince ??= Date.now()
    this.#schedule(this.#backoffMs === 0 ? GATHER_MS : this.#backoffMs)
  }

  /** Tries until everything is delivered or the deadline passes; resolves to the bytes left. */
  async flush(deadlineMs: number): Promise<number> {
    const deadline = Date.now() + deadlineMs
    const release = holdOpen(deadlineMs)
    try {
      for (;;) {
        await raceDeadline(this.#runNow(), deadline)
        const left = await this.#measure()
        if (left === 0 || Date.now() >= deadline) return left
        await pause(Math.min(BACKOFF_MIN_MS, Math.max(0, deadline - Date.now())))
      }
    } finally {
      release()
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#beat)
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#delivery?.delivery.shutdown()
  }

  #schedule(ms: number): void {
    if (this.#timer !== null || this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#runNow()
    }, ms)
    this.#timer.unref()
  }

  #heartbeat(): void {
    try {
      this.#options.writer.beat()
    } catch (error) {
      this.#note(error)
    }
    void this.#runNow()
  }

  /** One pass at a time; a call during a pass gets that pass. */
  #runNow(): Promise<void> {
    this.#running ??= this.#pass().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #pass(): Promise<void> {
    try {
      await this.#adopt()
      const delivery = await this.#connect()
      if (delivery !== null) {
        await this.#sendOwn(delivery)
        await this.#sendAdopted(delivery)
      }
      this.#backoffMs = 0
    } catch (error) {
      this.#note(error)
      this.#options.counters.retried += 1
      this.#backoffMs =
        Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_MIN_MS, this.#backoffMs * 2)) * (0.8 + Math.random() * 0.4)
      await this.#disconnect()
    }
    if ((await this.#measure()) > 0) this.#schedule(Math.max(this.#backoffMs, GATHER_MS))
  }

  async #connect(): Promise<Delivery | null> {
    if (this.#delivery !== null) return this.#delivery.delivery
    const endpoint = await this.#options.resolveEndpoint()
    if (endpoint === null) {
      this.#backoffMs = 1000
      return null
    }
    this.#delivery = { key: endpoint.url, delivery: openDelivery(endpoint) }
    return this.#delivery.delivery
  }

  /** The stack may have started again elsewhere: look the endpoint up anew. */
  async #disconnect(): Promise<void> {
    const old = this.#delivery
    this.#delivery = null
    await old?.delivery.shutdown().catch((error: unknown) => this.#note(error))
  }

  async #adopt(): Promise<void> {
    const { root, ownerId, counters, writer } = this.#options
    for (const part of await adoptOrphans(root, ownerId)) {
      const unended = await findUnended(part.directory)
      for (const begun of unended) writer.append(crashEntries(begun, part.lastSignMs))
      counters.adopted += unended.length
      counters.written += unended.length * 2
      this.#parts.push(part)
    }
  }

  async #sendOwn(delivery: Delivery): Promise<void> {
    const { writer, resource } = this.#options
    for (const segment of await listSegments(writer.directory)) {
      const state = segment === writer.activeSegment ? 'active' : 'sealed'
      await this.#sendSegment(delivery, { directory: writer.directory, resource, segment, state })
      if (segment >= writer.activeSegment) continue
      writer.carryOver(segment)
      await removeSegment(writer.directory, segment)
    }
  }

  async #sendAdopted(delivery: Delivery): Promise<void> {
    for (const part of this.#parts) {
      const { directory, resource } = part
      for (const segment of await listSegments(directory))
        await this.#sendSegment(delivery, { directory, resource, segment, state: 'sealed' })
      // One taken for dead by its silence alone may still be writing to what it has open.
      if (part.liveness === 'silent' && Date.now() - part.lastSignMs < 2 * SILENCE_MS) continue
      await rm(directory, { recursive: true, force: true })
      this.#parts = this.#parts.filter((other) => other !== part)
    }
  }

  async #sendSegment(
    delivery: Delivery,
    from: { directory: string; resource: string; segment: number; state: 'active' | 'sealed' },
  ): Promise<void> {
    const { counters, root } = this.#options
    for (;;) {
      const chunk = await readChunk(from.directory, from.segment, from.state)
      if (chunk === null) return
      const { logs, spans } = bySignal(chunk.entries)
      const sending = { delivery, counters, root }
      const results = await Promise.allSettled([
        deliver('logs', { resource: from.resource, items: logs }, sending),
        deliver('spans', { resource: from.resource, items: spans }, sending),
      ])
      for (const result of results) if (result.status === 'rejected') throw result.reason
      for (const bytes of chunk.corrupt) await keepCorrupt(root, bytes)
      counters.corrupt += chunk.corrupt.length
      await saveOffset(from.directory, from.segment, chunk.end)
    }
  }

  /** Undelivered bytes, ours and adopted; tells the writer how much of the bound is taken. */
  async #measure(): Promise<number> {
    const { writer } = this.#options
    const sizes = await Promise.all(
      [writer.directory, ...this.#parts.map((part) => part.directory)].map(measure),
    )
    const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0)
    writer.diskBytes = sizes.reduce((sum, size) => sum + size.diskBytes, 0)
    this.#pendingBytes = bytes
    if (bytes === 0) this.#oldestSince = null
    else this.#oldestSince ??= Date.now()
    return bytes
  }

  #note(error: unknown): void {
    this.#options.counters.lastError = error instanceof Error ? error.message : String(error)
  }
}

/** Keeps the process from ending while someone waits for a flush. */
function holdOpen(ms: number): () => void {
  const timer = setTimeout(() => undefined, ms)
  return () => clearTimeout(timer)
}

async function raceDeadline(work: Promise<void>, deadline: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, Math.max(0, deadline - Date.now()))
  await Promise.race([work, late.promise])
  clearTimeout(timer)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
