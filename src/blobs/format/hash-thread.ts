/** A thread that hashes long contents. It starts with the first, and ends when there was none for a while. */
import { Worker } from 'node:worker_threads'
import { FRAME_BYTES } from './layout.ts'

/** Of all contents together, so that many take no more memory; who finds none free waits. */
const SLOTS = 6
const IDLE_MS = 10_000
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 }
/** No file of its own: a thread that begins with TypeScript takes 16 MiB more. */
const PROGRAM = `
const { createHash } = process.getBuiltinModule('node:crypto')
const { parentPort, workerData: ring } = process.getBuiltinModule('node:worker_threads')
const hashes = new Map()
parentPort.on('message', ({ id, do: what, slot, at, bytes }) => {
  const hash = hashes.get(id) ?? createHash('sha256')
  if (what === 'update') {
    hashes.set(id, hash.update(new Uint8Array(ring, at, bytes)))
    parentPort.postMessage({ is: 'free', slot })
    return
  }
  hashes.delete(id)
  if (what === 'digest') parentPort.postMessage({ is: 'digest', id, sha256: hash.digest('hex') })
})
`

/** To the thread: one content has one id. */
type Order = { id: number } & (
  | { do: 'update'; slot: number; at: number; bytes: number }
  | { do: 'digest' }
  | { do: 'drop' }
)

/** From it: a slot that is free again, or a hash in hexadecimal. */
type Answer = { is: 'free'; slot: number } | { is: 'digest'; id: number; sha256: string }

export class HashThread {
  readonly #worker: Worker
  readonly #ring = new SharedArrayBuffer(SLOTS * FRAME_BYTES)
  readonly #free = Array.from({ length: SLOTS }, (_, slot) => slot)
  readonly #waiting: PromiseWithResolvers<number>[] = []
  /** Contents, and the hashes that are asked for. */
  readonly #open = new Map<number, PromiseWithResolvers<string> | null>()
  readonly #onEnd: (failure: Error | null) => void
  #lastId = 0
  #isAwaited = false
  #idle: NodeJS.Timeout | null = null
  #ended: Error | null = null

  /** @param onEnd gets the error that ended it, or null where it had nothing to do */
  constructor(onEnd: (failure: Error | null) => void, program = PROGRAM) {
    this.#onEnd = onEnd
    this.#worker = new Worker(program, {
      eval: true,
      env: {},
      workerData: this.#ring,
      resourceLimits: RESOURCE_LIMITS,
    })
    this.#worker.on('message', (answer: Answer) => this.#hear(answer))
    this.#worker.once('error', (error: Error) => this.#stop(error))
    this.#worker.once('exit', () => this.#stop(new Error('the thread that hashes content has ended')))
    this.#worker.unref()
  }

  /** Begins a content. @returns its id, which `digest` or `drop` ends */
  begin(): number {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
    this.#lastId += 1
    this.#open.set(this.#lastId, null)
    return this.#lastId
  }

  /** Takes a copy; one call at a time for one content. @throws {Error} where the thread has ended */
  async update(id: number, piece: Uint8Array): Promise<void> {
    for (let done = 0; done < piece.length; done += FRAME_BYTES) {
      const part = piece.subarray(done, done + FRAME_BYTES)
      const slot = this.#free.pop() ?? (await this.#nextSlot())
      // Dropped while it waited.
      if (!this.#open.has(id)) return this.#release(slot)
      const at = slot * FRAME_BYTES
      new Uint8Array(this.#ring, at, part.length).set(part)
      this.#order({ id, do: 'update', slot, at, bytes: part.length })
    }
  }

  /** In hexadecimal. @throws {Error} where the thread has ended */
  async digest(id: number): Promise<string> {
    if (this.#ended !== null) throw this.#ended
    const digest = Promise.withResolvers<string>()
    this.#open.set(id, digest)
    this.#order({ id, do: 'digest' })
    this.#holdProcess()
    return digest.promise
  }

  /** Ends a content of which no hash is wanted. */
  drop(id: number): void {
    if (!this.#open.has(id)) return
    this.#order({ id, do: 'drop' })
    this.#forget(id)
  }

  #order(order: Order): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is a thread, not a window
    this.#worker.postMessage(order)
  }

  #nextSlot(): Promise<number> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    const waiting = Promise.withResolvers<number>()
    this.#waiting.push(waiting)
    this.#holdProcess()
    return waiting.promise
  }

  #hear(answer: Answer): void {
    if (answer.is === 'digest') {
      this.#open.get(answer.id)?.resolve(answer.sha256)
      this.#forget(answer.id)
      return
    }
    this.#release(answer.slot)
  }

  #release(slot: number): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(slot)
    else next.resolve(slot)
    this.#holdProcess()
  }

  #forget(id: number): void {
    this.#open.delete(id)
    this.#holdProcess()
    if (this.#open.size === 0) this.#idle = setTimeout(() => this.#stop(null), IDLE_MS).unref()
  }

  /** The process lives on for the thread while something waits for it, and only then. */
  #holdProcess(): void {
    const isAwaited = this.#waiting.length > 0 || [...this.#open.values()].some((digest) => digest !== null)
    if (isAwaited === this.#isAwaited) return
    this.#isAwaited = isAwaited
    if (isAwaited) this.#worker.ref()
    else this.#worker.unref()
  }

  #stop(failure: Error | null): void {
    if (this.#ended !== null) return
    const ended = failure ?? new Error('the thread that hashes content was not used')
    this.#ended = ended
    for (const waiting of this.#waiting.splice(0)) waiting.reject(ended)
    for (const digest of this.#open.values()) digest?.reject(ended)
    this.#open.clear()
    this.#onEnd(failure)
    void this.#worker.terminate()
  }
}
