/** Files of content, written by a worker thread that starts with the first of them. */
import { Worker } from 'node:worker_threads'
import { programFile } from '../../program-file.ts'
import type { BlobFileOptions, WrittenBlob } from './blob-file.ts'
import type { WriteAnswer, WriteOrder } from './blob-worker.ts'

/** Bytes that the worker has not taken yet, at most; who has more waits. */
const UNTAKEN_MAX = 4_194_304
/** A worker that says nothing for so long is given up, ms. */
const SILENCE_MS = 20_000

/** One file in the worker. */
export interface WorkerFile {
  /** What follows is left out: the bound is reached, or writing failed. */
  readonly isFull: boolean
  /** Bytes in the file, as last heard. */
  readonly bytes: number
  /** Takes ownership of the bytes. Returns a promise when the worker has to catch up. */
  push(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>
  /** @throws {Error} where it cannot be written */
  end(): Promise<WrittenBlob>
  /** Ends it and removes its file; `end` fails with `why`. */
  abort(why: string): void
}

interface State {
  isFull: boolean
  bytes: number
  done: PromiseWithResolvers<WrittenBlob>
  onGrown: (bytes: number) => void
}

export class BlobWriter {
  #worker: Worker | null = null
  #lastId = 0
  readonly #files = new Map<number, State>()
  #untaken = 0
  #caughtUp: PromiseWithResolvers<void> | null = null

  /** @param onGrown gets the bytes that the file has grown by */
  begin(options: BlobFileOptions, onGrown: (bytes: number) => void): WorkerFile {
    const id = (this.#lastId += 1)
    const done = Promise.withResolvers<WrittenBlob>()
    // Its failure may come before `end` is called.
    done.promise.catch(() => undefined)
    const state: State = { isFull: false, bytes: 0, done, onGrown }
    this.#files.set(id, state)
    this.#order({ id, do: 'begin', ...options })
    return {
      get isFull() {
        return state.isFull
      },
      get bytes() {
        return state.bytes
      },
      push: (bytes) => this.#push(id, bytes),
      end: () => this.#end(id, state),
      abort: (why) => {
        if (!this.#files.has(id)) return
        state.isFull = true
        done.reject(new Error(why))
        this.#order({ id, do: 'abort' })
        this.#forget(id)
      },
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#fail(new Error('the executor is closed'))
    await worker?.terminate()
  }

  #push(id: number, bytes: Uint8Array<ArrayBuffer>): void | Promise<void> {
    if (!this.#files.has(id)) return undefined
    this.#untaken += bytes.length
    this.#order({ id, do: 'push', bytes }, [bytes.buffer])
    if (this.#untaken <= UNTAKEN_MAX) return undefined
    this.#caughtUp ??= Promise.withResolvers<void>()
    return this.#caughtUp.promise
  }

  async #end(id: number, { done }: State): Promise<WrittenBlob> {
    if (this.#files.has(id)) this.#order({ id, do: 'end' })
    const timer = setTimeout(
      () => this.#fail(new Error('the thread that writes it does not answer')),
      SILENCE_MS,
    )
    try {
      return await done.promise
    } finally {
      clearTimeout(timer)
      this.#forget(id)
    }
  }

  #forget(id: number): void {
    this.#files.delete(id)
    if (this.#files.size === 0) this.#worker?.unref()
  }

  #order(order: WriteOrder, transfer: ArrayBuffer[] = []): void {
    this.#worker ??= this.#start()
    this.#worker.ref()
    this.#worker.postMessage(order, transfer)
  }

  #start(): Worker {
    const worker = new Worker(programFile('./blob-worker', import.meta.url), { env: {} })
    worker.on('message', (answer: WriteAnswer) => this.#hear(answer))
    worker.on('error', (error: Error) => this.#fail(error))
    worker.on(
      'exit',
      () => this.#worker === worker && this.#fail(new Error('the thread that writes it has ended')),
    )
    return worker
  }

  #hear(answer: WriteAnswer): void {
    const state = this.#files.get(answer.id)
    if (answer.is === 'grown') {
      this.#take(answer.taken)
      if (state === undefined) return
      const grown = answer.bytes - state.bytes
      Object.assign(state, { bytes: answer.bytes, isFull: answer.isFull })
      state.onGrown(grown)
      return
    }
    if (state === undefined) return
    if (answer.is === 'done') {
      state.onGrown(answer.bytes - state.bytes)
      state.bytes = answer.bytes
      state.done.resolve(answer)
    } else {
      state.isFull = true
      state.done.reject(new Error(answer.why))
      this.#forget(answer.id)
    }
  }

  #take(bytes: number): void {
    this.#untaken -= bytes
    if (this.#untaken > UNTAKEN_MAX / 2) return
    this.#caughtUp?.resolve()
    this.#caughtUp = null
  }

  /** Fails what is being written; the next file gets another worker. */
  #fail(error: Error): void {
    const worker = this.#worker
    this.#worker = null
    for (const state of this.#files.values()) {
      state.isFull = true
      state.done.reject(error)
    }
    this.#files.clear()
    this.#take(this.#untaken)
    void worker?.terminate()
  }
}
