/** The own part of the outbox: append-only segments of this process. */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { encodeEntry, type Entry } from './frames.ts'
import { ownIdentity, SILENCE_MS } from './owner.ts'

const SEGMENT_BYTES = 16 * 1_048_576

export interface WriterOptions {
  /** `<home>/outbox` */
  root: string
  ownerId: string
  /** OTLP/JSON Resource. */
  resource: string
  maxBytes: number
  /** fdatasync after every write: survives power loss, at the price of a disk write each. */
  fsync: 'never' | 'each'
}

/** Executions begun and not ended, with the segment that holds their beginning. */
type Open = Map<string, { segment: number; frame: Buffer }>

/**
 * Appends entries, one write a call; a failed write leaves the file as it was. Synchronous, so that an entry
 * is in the kernel's hands when `append` returns, whatever happens to this process then.
 */
export class OutboxWriter {
  readonly #options: WriterOptions
  readonly #open: Open = new Map()
  #directory: string
  #fd: number | null = null
  #segment = 0
  #segmentBytes = 0
  #generation = 0
  #lastSign = 0
  /** Bytes of the outbox as last measured, and those written since. */
  #diskBytes = 0

  constructor(options: WriterOptions) {
    this.#options = options
    this.#directory = this.#createDirectory()
  }

  /** Where this process writes now; changes when another took it for dead. */
  get directory(): string {
    return this.#directory
  }

  /** The segment being written; those with lower numbers are sealed. */
  get activeSegment(): number {
    return this.#segment
  }

  /** Told what the outbox takes on the disk. */
  set diskBytes(bytes: number) {
    this.#diskBytes = bytes
  }

  /** True when nothing more may be begun: the bound on disk is reached. */
  get isFull(): boolean {
    return this.#diskBytes >= this.#options.maxBytes
  }

  /** Gives the bytes written. @throws file system errors; nothing of the entries is then in the file */
  append(entries: readonly Entry[]): number {
    if (Date.now() - this.#lastSign > SILENCE_MS / 2) this.beat()
    const frames = entries.map(encodeEntry)
    const bytes = Buffer.concat(frames)
    this.#write(bytes)
    for (const [index, entry] of entries.entries()) {
      const frame = frames[index]
      if (entry.kind === 'B' && frame !== undefined)
        this.#open.set(entry.executionId, { segment: this.#segment, frame })
      if (entry.kind === 'E') this.#open.delete(entry.executionId)
    }
    return bytes.length
  }

  /** Shows that this process lives; finds out whether another took its directory. */
  beat(): void {
    this.#lastSign = Date.now()
    const now = new Date()
    try {
      utimesSync(join(this.#directory, 'owner.json'), now, now)
    } catch {
      this.#seal()
      this.#directory = this.#createDirectory()
      for (const { frame } of this.#open.values()) this.#write(frame)
    }
  }

  /** Called before a sealed segment is removed: beginnings it alone holds move to the active one. */
  carryOver(segment: number): void {
    for (const [executionId, open] of this.#open) {
      if (open.segment !== segment) continue
      this.#write(open.frame)
      this.#open.set(executionId, { segment: this.#segment, frame: open.frame })
    }
  }

  close(): void {
    this.#seal()
  }

  /** Removes the directory of a process that left nothing. */
  remove(): void {
    this.#seal()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #write(bytes: Buffer): void {
    if (this.#segmentBytes > SEGMENT_BYTES) this.#seal()
    const fd = this.#fd ?? this.#openSegment()
    try {
      let written = 0
      while (written < bytes.length) written += writeSync(fd, bytes, written)
      if (this.#options.fsync === 'each') fdatasyncSync(fd)
    } catch (error) {
      ftruncateSync(fd, this.#segmentBytes)
      throw error
    }
    this.#segmentBytes += bytes.length
    this.#diskBytes += bytes.length
  }

  #openSegment(): number {
    const name = String(this.#segment + 1).padStart(8, '0')
    const fd = openSync(join(this.#directory, `${name}.log`), 'ax', 0o600)
    this.#segment += 1
    this.#segmentBytes = 0
    this.#fd = fd
    return fd
  }

  #seal(): void {
    if (this.#fd === null) return
    closeSync(this.#fd)
    this.#fd = null
    this.#segmentBytes = 0
  }

  #createDirectory(): string {
    const { root, ownerId, resource } = this.#options
    this.#generation += 1
    const directory = join(root, this.#generation === 1 ? ownerId : `${ownerId}.${this.#generation}`)
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (!existsSync(join(directory, 'owner.json'))) {
      writeFileSync(join(directory, 'owner.json'), JSON.stringify({ identity: ownIdentity(), resource }), {
        mode: 0o600,
      })
    }
    this.#lastSign = Date.now()
    return directory
  }
}
