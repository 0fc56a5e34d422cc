/** Content on its way to the blob store, on disk: what a process has put here survives its end. */
import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../errors.ts'
import { noteLoss } from '../../telemetry/outbox/losses.ts'
import { HEARTBEAT_MS, ownIdentity } from '../../telemetry/outbox/owner.ts'
import { OWNER_FILE, releasedName } from '../../telemetry/outbox/paths.ts'
import type { SpoolCounters } from '../blobs-status.ts'
import { contentName, metaName, newDraftName, newId, type SpoolEntry } from './entry.ts'
import { measureSpool } from './spool-stats.ts'

const MEASURE_EVERY_MS = 60_000
const WARN_EVERY_MS = 60_000
/** Beside the bound on bytes: small ones also take time to send. */
const ENTRIES_MAX = 200_000

/** Directory of the spool of a home. */
export function spoolRoot(home: string): string {
  return join(home, 'blobs-spool')
}

export interface SpoolOptions {
  /** `<home>/blobs-spool`, absolute */
  root: string
  /** Name of this process's directory. */
  ownerId: string
  /** Of all processes with this home. */
  maxBytes: number
}

/** A directory is made for the first blob. What fails here is counted and breaks nothing. */
export class Spool {
  readonly #options: SpoolOptions
  readonly counters: SpoolCounters = { kept: 0, dropped: 0, lastDrop: null }
  /** Ids of the entries of this process, oldest first; the sender takes them. */
  readonly waiting: string[] = []
  #directory: string | null = null
  #generation = 0
  #heartbeat: NodeJS.Timeout | null = null
  #used = { bytes: 0, entries: 0 }
  #measuredAt = Number.NEGATIVE_INFINITY
  #warnedAt = Number.NEGATIVE_INFINITY
  #unnoted: { blobs: number; why: string } | null = null
  /** Called when an entry is kept. */
  onKept: () => void = () => undefined

  constructor(options: SpoolOptions) {
    this.#options = options
  }

  get root(): string {
    return this.#options.root
  }

  get ownerId(): string {
    return this.#options.ownerId
  }

  /** Null before the first blob. */
  get directory(): string | null {
    return this.#directory
  }

  /** Bytes of all processes, as last measured, and those of this one since. */
  get usedBytes(): number {
    return this.#used.bytes
  }

  /** Path of a new file for content; null where there is no room or no disk, which is counted. */
  openDraft(): string | null {
    this.#measureSometimes()
    const full = this.whyFull(0)
    if (full !== null) return this.#refuse(full)
    try {
      return join(this.open(), newDraftName())
    } catch (error) {
      return this.#refuse(messageOf(error))
    }
  }

  /** Counts bytes that a draft has grown by. @returns why it may not grow, or null */
  grow(bytes: number): string | null {
    this.#used.bytes += bytes
    return this.whyFull(0)
  }

  /** Why there is no room for so many bytes more; null where there is. */
  whyFull(bytes: number): string | null {
    const { maxBytes } = this.#options
    if (this.#used.bytes + bytes > maxBytes) return `the spool is full: it has ${maxBytes} bytes at most`
    return this.#used.entries >= ENTRIES_MAX ? `the spool is full: ${ENTRIES_MAX} blobs wait in it` : null
  }

  /** Makes a complete draft an entry, which is sent from now on. @returns false where it cannot be kept, which is counted */
  keep(draft: string, entry: SpoolEntry): boolean {
    const id = newId(entry.bytes)
    try {
      const directory = this.open()
      renameSync(draft, join(directory, contentName(id)))
      const meta = join(directory, newDraftName())
      writeFileSync(meta, JSON.stringify(entry), { mode: 0o600 })
      renameSync(meta, join(directory, metaName(id)))
    } catch (error) {
      this.discard(draft, entry.bytes)
      this.drop(messageOf(error))
      if (this.#directory !== null && !isThere(join(this.#directory, OWNER_FILE))) this.#leave()
      return false
    }
    this.counters.kept += 1
    this.#used.entries += 1
    this.waiting.push(id)
    this.onKept()
    return true
  }

  /** Removes a draft. @param bytes that `grow` counted */
  discard(draft: string, bytes: number): void {
    this.#used.bytes -= bytes
    rmSync(draft, { force: true })
  }

  /** To be called when an entry's files are removed. */
  removed(bytes: number): void {
    this.#used.bytes = Math.max(0, this.#used.bytes - bytes)
    this.#used.entries = Math.max(0, this.#used.entries - 1)
  }

  /** Counts a blob that is not kept or given up, and warns at most once a minute. */
  drop(why: string): void {
    this.counters.dropped += 1
    this.counters.lastDrop = why
    this.#unnoted ??= { blobs: 0, why }
    this.#unnoted.blobs += 1
    this.#unnoted.why = why
    const now = performance.now()
    if (now - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = now
    process.emitWarning(
      `exectrail: whole content of ${this.counters.dropped} parts of executions is not kept: ${why}. Executions and their records go on.`,
      { code: 'EXECTRAIL_BLOBS' },
    )
    this.noteLosses()
  }

  /** Writes a note of the losses since the last one, for `doctor`. */
  noteLosses(): void {
    if (this.#unnoted === null) return
    const { blobs, why } = this.#unnoted
    try {
      noteLoss(this.root, { executorId: this.ownerId, records: blobs, why })
      this.#unnoted = null
    } catch {
      // The disk takes the note later.
    }
  }

  /** This process's directory, which says that the process lives. @throws file system errors */
  open(): string {
    if (this.#directory !== null) return this.#directory
    const { root, ownerId } = this.#options
    const generation = this.#generation + 1
    const directory = join(root, generation === 1 ? ownerId : `${ownerId}.${generation}`)
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const about = JSON.stringify({ identity: ownIdentity(), resource: '' })
    writeFileSync(join(directory, OWNER_FILE), about, { mode: 0o600 })
    this.#generation = generation
    this.#directory = directory
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS).unref()
    return directory
  }

  /** Ends it: the directory is removed, or left to any process where something in it waits. */
  close(): void {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat)
    this.noteLosses()
    if (this.#directory === null) return
    try {
      if (this.waiting.length === 0) rmSync(this.#directory, { recursive: true, force: true })
      else renameSync(this.#directory, releasedName(this.#directory))
    } catch {
      // It is adopted once this process is gone.
    }
    this.#directory = null
  }

  #refuse(why: string): null {
    this.drop(why)
    return null
  }

  #beat(): void {
    this.noteLosses()
    if (this.#directory === null) return
    const now = new Date()
    try {
      utimesSync(join(this.#directory, OWNER_FILE), now, now)
    } catch {
      this.#leave()
    }
  }

  /** Another process has adopted the directory with what waits in it: the next blob gets a new one. */
  #leave(): void {
    this.#directory = null
    this.waiting.length = 0
  }

  #measureSometimes(): void {
    if (performance.now() - this.#measuredAt < MEASURE_EVERY_MS) return
    this.#measuredAt = performance.now()
    void measureSpool(this.root)
      .then(({ bytes, blobs }) => (this.#used = { bytes, entries: blobs }))
      .catch(() => undefined)
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
