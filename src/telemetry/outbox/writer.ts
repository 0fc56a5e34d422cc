/** The outbox directory of this process: append-only segments. */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { frameBytesAtMost, writeFrame, type Frame } from './frames.ts'
import { ownIdentity, SILENCE_MS } from './owner.ts'
import { OWNER_FILE, releasedName, segmentName } from './paths.ts'
import { syncDirectory, type Fsync } from './sync-directory.ts'

const SEGMENT_BYTES = 16 * 1_048_576
const SCRATCH_BYTES = 262_144

export interface WriterOptions {
  /** `<home>/outbox` */
  root: string
  ownerId: string
  /** OTLP/JSON Resource. */
  resource: string
  fsync: Fsync
  /** Other processes adopt its directory after this long without a heartbeat, ms. @default SILENCE_MS */
  silenceMs?: number | undefined
}

/**
 * Appends frames, one write a call; a failed write leaves the file as it was. Synchronous, so that the kernel has the
 * frame when `append` returns, whatever happens to this process then.
 */
export class OutboxWriter {
  readonly #options: WriterOptions
  /** Starts of executions without a completion, with the segment that holds them. */
  readonly #open = new Map<string, { segment: number; frame: Buffer }>()
  readonly #scratch = Buffer.allocUnsafe(SCRATCH_BYTES)
  #directory: string | null = null
  #fd: number | null = null
  #segment = 0
  #segmentBytes = 0
  #generation = 0
  #lastBeat = { steadyMs: 0, wallMs: 0 }
  #isDirty = false
  #lastWriteMs = Date.now()
  readonly #syncTimer: NodeJS.Timeout | null
  /** After this long without a heartbeat it first checks that the directory is still its own. */
  readonly #lateMs: number

  constructor(options: WriterOptions) {
    this.#options = options
    const { fsync, silenceMs = SILENCE_MS } = options
    this.#lateMs = silenceMs / 3
    this.#syncTimer =
      typeof fsync === 'object' ? setInterval(() => this.#syncLater(), fsync.everyMs).unref() : null
  }

  /** Where this process writes; null before the first append. It changes when another process has adopted it. */
  get directory(): string | null {
    return this.#directory
  }

  /** True for the segment being written; the others are sealed. */
  isWriting(segment: number): boolean {
    return this.#fd !== null && segment >= this.#segment
  }

  /** Bytes of the segment being written. */
  get activeBytes(): number {
    return this.#fd === null ? 0 : this.#segmentBytes
  }

  /** When something was last written, epoch ms. */
  get lastWriteMs(): number {
    return this.#lastWriteMs
  }

  /** True for an execution whose start is written and whose completion is not. */
  holds(executionId: string): boolean {
    return this.#open.has(executionId)
  }

  /** Its completion was delivered from memory: its start need not be carried over. */
  forget(executionId: string): void {
    this.#open.delete(executionId)
  }

  /** Returns the bytes written. @throws file system errors; the file then holds nothing of the frames */
  append(frames: readonly Frame[]): number {
    if (this.#isBeatLate()) this.beat()
    const { bytes, ends } = this.#encode(frames)
    this.#write(bytes)
    // Suspended between the check and the write, it may have written to a directory that was adopted meanwhile.
    if (this.#isBeatLate()) {
      const before = this.#directory
      this.beat()
      if (this.#directory !== before) this.#write(bytes)
    }
    for (const [index, frame] of frames.entries())
      this.#track(frame, bytes.subarray(ends[index - 1] ?? 0, ends[index]))
    return bytes.length
  }

  /** Makes the directory: a process that adopts others must be seen to be alive. @throws file system errors */
  open(): void {
    this.#directory ??= this.#createDirectory()
  }

  /** Renews the heartbeat; moves to a new directory when another process has adopted this one. */
  beat(): void {
    this.#lastBeat = { steadyMs: performance.now(), wallMs: Date.now() }
    if (this.#directory === null) return
    const now = new Date()
    try {
      utimesSync(join(this.#directory, OWNER_FILE), now, now)
    } catch {
      this.#switchDirectory()
    }
  }

  /** Called before a sealed segment is removed: starts that only it holds are written to the active one. */
  carryOver(segment: number): void {
    for (const open of this.#open.values()) {
      if (open.segment !== segment) continue
      this.#write(open.frame)
      open.segment = this.#segment
    }
  }

  /** Ends the active segment, so that it can be removed once delivered. */
  seal(): void {
    if (this.#fd === null) return
    if (this.#options.fsync !== 'never') fdatasyncSync(this.#fd)
    closeSync(this.#fd)
    this.#fd = null
    this.#segmentBytes = 0
  }

  /**
   * Ends writing. The directory is removed, or left to any process when something in it is not delivered, or when an
   * execution in it has no completion yet.
   */
  close(leftover: 'none' | 'some'): void {
    if (this.#syncTimer !== null) clearInterval(this.#syncTimer)
    this.seal()
    if (this.#directory === null) return
    if (leftover === 'none' && this.#open.size === 0)
      rmSync(this.#directory, { recursive: true, force: true })
    else if (existsSync(this.#directory)) renameSync(this.#directory, releasedName(this.#directory))
    this.#directory = null
  }

  #encode(frames: readonly Frame[]): { bytes: Buffer; ends: number[] } {
    const atMost = frames.reduce((sum, frame) => sum + frameBytesAtMost(frame), 0)
    const into = atMost <= SCRATCH_BYTES ? this.#scratch : Buffer.allocUnsafe(atMost)
    const now = Date.now()
    const ends: number[] = []
    for (const frame of frames) ends.push(writeFrame(into, ends.at(-1) ?? 0, frame, now))
    return { bytes: into.subarray(0, ends.at(-1) ?? 0), ends }
  }

  #track(frame: Frame, bytes: Buffer): void {
    if (frame.kind === 'B')
      this.#open.set(frame.executionId, { segment: this.#segment, frame: Buffer.from(bytes) })
    else if (frame.kind === 'C' || frame.kind === 'E') this.#open.delete(frame.executionId)
  }

  #write(bytes: Buffer): void {
    if (this.#segmentBytes > SEGMENT_BYTES) this.seal()
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
    this.#isDirty = true
    this.#lastWriteMs = Date.now()
  }

  #openSegment(): number {
    this.#directory ??= this.#createDirectory()
    let fd: number
    try {
      fd = openSync(join(this.#directory, segmentName(this.#segment + 1)), 'ax', 0o600)
    } catch (error) {
      if (existsSync(join(this.#directory, OWNER_FILE))) throw error
      return this.#switchDirectory()
    }
    this.#segment += 1
    this.#segmentBytes = 0
    this.#fd = fd
    if (this.#options.fsync !== 'never') syncDirectory(this.#directory)
    return fd
  }

  /** Another process has adopted the directory: continue in a new one, with the starts that have no completion. */
  #switchDirectory(): number {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
    this.#directory = this.#createDirectory()
    const fd = this.#openSegment()
    for (const open of this.#open.values()) {
      this.#write(open.frame)
      open.segment = this.#segment
    }
    return fd
  }

  #createDirectory(): string {
    const { root, ownerId, resource } = this.#options
    const generation = this.#generation + 1
    const directory = join(root, generation === 1 ? ownerId : `${ownerId}.${generation}`)
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const about = JSON.stringify({ identity: ownIdentity(), resource })
    const isSynced = this.#options.fsync !== 'never'
    writeFileSync(join(directory, OWNER_FILE), about, { mode: 0o600, flush: isSynced })
    if (isSynced) syncDirectory(root)
    this.#generation = generation
    this.#lastBeat = { steadyMs: performance.now(), wallMs: Date.now() }
    return directory
  }

  /** The wall clock also counts the time a machine was asleep. */
  #isBeatLate(): boolean {
    const { steadyMs, wallMs } = this.#lastBeat
    return performance.now() - steadyMs > this.#lateMs || Math.abs(Date.now() - wallMs) > this.#lateMs
  }

  #syncLater(): void {
    if (this.#fd === null || !this.#isDirty) return
    this.#isDirty = false
    fdatasync(this.#fd, (error) => {
      if (error !== null) this.#isDirty = true
    })
  }
}
