/** Sends what waits in the spool: of this process, and of those that are gone. */
import { renameSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { BlobRefusedError, messageOf } from '../../errors.ts'
import type { Database } from '../../metadata/database.ts'
import { Adopter } from '../../telemetry/outbox/adopt.ts'
import { releasedName } from '../../telemetry/outbox/paths.ts'
import type { SenderCounters } from '../blobs-status.ts'
import { parseMetaName, metaName } from '../spool/entry.ts'
import type { Spool } from '../spool/spool.ts'
import { AdoptedSpool } from './adopted-spool.ts'
import { deliver, giveUp, removeEntry, type Destination } from './deliver.ts'

export interface SenderParts {
  spool: Spool
  /** Where references are; null while none is known: blobs wait then. */
  database: () => Promise<Database | null>
  put: Destination['put']
  quotaBytes: number | null
  /** Entries that could not be sent for so long are dropped, ms. */
  maxAgeMs: number
  /** How long another process may be silent before it counts as gone, ms. @default that of the outbox */
  silenceMs?: number | undefined
}

const AT_ONCE = 4
/** How often other processes are looked at, and entries that have to wait. */
const AGAIN_MS = 5_000
const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 60_000
const FLUSH_POLL_MS = 50

interface Item {
  id: string
  directory: string
  /** Null for an entry of this process. */
  adopted: AdoptedSpool | null
}

export class BlobSender {
  readonly #parts: SenderParts
  readonly #adopter: Adopter
  readonly counters: SenderCounters = { sent: 0, sentBytes: 0, retried: 0, lastError: null }
  #adopted: AdoptedSpool[] = []
  /** Entries of this process for another try, and when (monotonic clock, ms). */
  readonly #later: { id: string; at: number }[] = []
  #inFlight = 0
  #timer: NodeJS.Timeout | null = null
  #dueAt = 0
  /** No database or no store is known, so nothing need be waited for. */
  #isAway = false
  #running: Promise<void> | null = null
  #delayMs = 0
  #isStopped = false

  constructor(parts: SenderParts) {
    this.#parts = parts
    const { spool, silenceMs } = parts
    const announce = (): void => void spool.open()
    this.#adopter = new Adopter({
      root: spool.root,
      ownerId: spool.ownerId,
      resource: '',
      announce,
      silenceMs,
    })
    spool.onKept = () => this.#schedule(0)
    this.#schedule(0)
  }

  /** Entries of this process that are not sent. */
  get waiting(): number {
    return this.#parts.spool.waiting.length + this.#later.length + this.#inFlight
  }

  /** Sends until nothing of this process waits or the deadline passes. @returns entries left */
  async flush(deadlineMs: number): Promise<number> {
    const deadline = performance.now() + deadlineMs
    while (this.waiting > 0 && performance.now() < deadline && !this.#isStopped) {
      const patience = new AbortController()
      const late = pause(Math.max(0, deadline - performance.now()), null, { signal: patience.signal })
      await Promise.race([this.#runNow(), late]).finally(() => patience.abort())
      await late.catch(() => null)
      if (this.#isAway) break
      if (this.waiting > 0) await pause(Math.min(FLUSH_POLL_MS, Math.max(0, deadline - performance.now())))
    }
    return this.waiting
  }

  /** Stops; what is not sent is left to any process, and what is under way too. */
  stop(): void {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#parts.spool.onKept = () => undefined
    this.#parts.spool.waiting.push(...this.#later.map(({ id }) => id))
    for (const { path } of this.#adopted) {
      try {
        renameSync(path, releasedName(path))
      } catch {
        // It can be adopted once this process is gone.
      }
    }
  }

  /** Runs a pass so soon, unless one comes sooner. */
  #schedule(leastMs: number): void {
    if (this.#isStopped) return
    const ms = Math.max(leastMs, this.#delayMs)
    const dueAt = performance.now() + ms
    if (this.#timer !== null && this.#dueAt <= dueAt) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#dueAt = dueAt
    const run = (): void => {
      this.#timer = null
      void this.#runNow()
    }
    this.#timer = setTimeout(run, ms).unref()
  }

  /** One pass at a time; a call during a pass gets that pass. */
  #runNow(): Promise<void> {
    this.#running ??= this.#pass().finally(() => (this.#running = null))
    return this.#running
  }

  async #pass(): Promise<void> {
    try {
      for (const { path } of await this.#adopter.adopt()) this.#adopted.push(new AdoptedSpool(path))
      if (this.waiting + this.#adopted.length > 0) {
        const destination = await this.#destination()
        this.#isAway = destination === null
        if (destination !== null) await this.#sendAll(destination)
      }
      this.#delayMs = 0
    } catch (error) {
      this.counters.lastError = messageOf(error)
      this.counters.retried += 1
      const doubled = Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, this.#delayMs * 2))
      this.#delayMs = doubled * (0.8 + Math.random() / 5)
    }
    const isMore = this.#parts.spool.waiting.length > 0 && !this.#isAway
    this.#schedule(isMore ? 0 : AGAIN_MS)
  }

  async #destination(): Promise<Destination | null> {
    const { put, quotaBytes } = this.#parts
    const database = await this.#parts.database()
    return database === null ? null : { put, database, quotaBytes }
  }

  /** The first failure ends it: what is left is tried after a pause. @throws that failure */
  async #sendAll(destination: Destination): Promise<void> {
    const failures: unknown[] = []
    const work = async (): Promise<void> => {
      while (failures.length === 0 && !this.#isStopped) {
        const item = await this.#next()
        if (item === null) return
        try {
          await this.#send(item, destination)
        } catch (error) {
          this.#putBack(item)
          failures.push(error)
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    for (const adopted of this.#adopted.slice()) {
      if (failures.length > 0) await adopted.pause()
      else if (await adopted.removeSent()) this.#adopted = this.#adopted.filter((other) => other !== adopted)
    }
    if (failures.length > 0) throw failures[0]
  }

  async #next(): Promise<Item | null> {
    const { spool } = this.#parts
    const [first] = this.#later
    const id =
      first !== undefined && first.at <= performance.now() ? this.#later.shift()?.id : spool.waiting.shift()
    if (id !== undefined && spool.directory !== null) return { id, directory: spool.directory, adopted: null }
    for (const adopted of this.#adopted) {
      const next = adopted.isReady ? await adopted.next() : null
      if (next !== null) return { id: next, directory: adopted.path, adopted }
    }
    return null
  }

  async #send(item: Item, destination: Destination): Promise<void> {
    const { id, directory } = item
    this.#inFlight += item.adopted === null ? 1 : 0
    try {
      const send = this.#isExpired(id) ? giveUp : deliver
      const delivery = await send(directory, id, destination)
      if (delivery.outcome === 'later') return this.#postpone(item)
      await removeEntry(directory, id)
      this.#count(id, delivery.outcome === 'dropped' ? delivery.why : null)
    } catch (error) {
      if (!(error instanceof BlobRefusedError)) throw error
      this.counters.lastError = messageOf(error)
      this.#postpone(item)
    } finally {
      this.#inFlight -= item.adopted === null ? 1 : 0
    }
  }

  #count(id: string, dropped: string | null): void {
    const bytes = parseMetaName(metaName(id))?.bytes ?? 0
    this.#parts.spool.removed(bytes)
    if (dropped !== null) {
      this.#parts.spool.drop(dropped)
      return
    }
    this.counters.sent += 1
    this.counters.sentBytes += bytes
  }

  /** Its blob is being deleted, or the store refuses it: what follows goes first. */
  #postpone({ id, adopted }: Item): void {
    if (adopted === null) this.#later.push({ id, at: performance.now() + AGAIN_MS })
    else adopted.again(AGAIN_MS)
  }

  /** The store or the metadata is away. */
  #putBack({ id, adopted }: Item): void {
    if (adopted === null) this.#parts.spool.waiting.unshift(id)
    else adopted.again(0)
  }

  #isExpired(id: string): boolean {
    const atMs = parseMetaName(metaName(id))?.atMs ?? 0
    return Date.now() - atMs > this.#parts.maxAgeMs
  }
}
