import type { OutputChunk } from '../execution.ts'

/** What a stored chunk costs beside its text, so that many small ones are bounded too. */
const CHUNK_COST = 100
const PIECE_UNITS = 32_768
const HEAD_MAX = 262_144
const TAIL_MAX = 786_432

/** A chunk with its place in the output: bytes of stdout and stderr together, up to its begin and its end. */
export interface LoggedChunk extends OutputChunk {
  begin: number
  end: number
}

/** What follows a place in the output: a chunk, or the place up to which nothing is kept. */
export type Following = { chunk: LoggedChunk } | { skippedBytes: number; end: number }

/**
 * The output of one execution while it runs, for any number of readers. Keeps the first 256 KiB and the last 768 KiB.
 * Readers pull from it by their place, so that a slow one costs nothing and holds nothing up.
 */
export class OutputLog {
  readonly #head: LoggedChunk[] = []
  #headRoom = HEAD_MAX
  readonly #tail: LoggedChunk[] = []
  /** Chunks at the begin of `#tail` that are no longer kept. */
  #dropped = 0
  #tailRoom = TAIL_MAX
  #end = 0
  #closed = false
  #changed: PromiseWithResolvers<void> | null = null

  get closed(): boolean {
    return this.#closed
  }

  /** Memory it holds, in bytes. */
  get size(): number {
    return HEAD_MAX - this.#headRoom + TAIL_MAX - this.#tailRoom
  }

  push({ stream, text }: OutputChunk): void {
    for (const piece of piecesOf(text)) {
      const begin = this.#end
      this.#end += Buffer.byteLength(piece)
      this.#store({ stream, text: piece, begin, end: this.#end })
    }
    this.#wake()
  }

  /** No more output follows. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  /** What follows `place`; null when there is nothing yet, or nothing more. */
  after(place: number): Following | null {
    if (place >= this.#end) return null
    const chunk = firstAfter(this.#head, 0, place) ?? firstAfter(this.#tail, this.#dropped, place)
    if (chunk === null) return { skippedBytes: this.#end - place, end: this.#end }
    return chunk.begin > place ? { skippedBytes: chunk.begin - place, end: chunk.begin } : { chunk }
  }

  /** Resolves at the next chunk or at the end. */
  changed(): Promise<void> {
    this.#changed ??= Promise.withResolvers<void>()
    return this.#changed.promise
  }

  #store(chunk: LoggedChunk): void {
    const cost = costOf(chunk)
    if (this.#tail.length === 0 && cost <= this.#headRoom) {
      this.#head.push(chunk)
      this.#headRoom -= cost
      return
    }
    this.#tail.push(chunk)
    this.#tailRoom -= cost
    while (this.#tailRoom < 0) this.#dropOldest()
  }

  #dropOldest(): void {
    const oldest = this.#tail[this.#dropped]
    if (oldest === undefined) return
    this.#tailRoom += costOf(oldest)
    this.#dropped += 1
    if (this.#dropped < 1024 && this.#dropped < this.#tail.length) return
    this.#tail.splice(0, this.#dropped)
    this.#dropped = 0
  }

  #wake(): void {
    this.#changed?.resolve()
    this.#changed = null
  }
}

function costOf({ text }: LoggedChunk): number {
  return 2 * text.length + CHUNK_COST
}

/** The first chunk that ends behind `place`. */
function firstAfter(chunks: readonly LoggedChunk[], from: number, place: number): LoggedChunk | null {
  let low = from
  let high = chunks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((chunks[middle]?.end ?? 0) > place) high = middle
    else low = middle + 1
  }
  return chunks[low] ?? null
}

/** Pieces of a long text; a surrogate pair stays whole. */
function* piecesOf(text: string): Generator<string> {
  if (text.length <= PIECE_UNITS) {
    if (text !== '') yield text
    return
  }
  let at = 0
  while (at < text.length) {
    const cut = at + PIECE_UNITS
    const isHigh = ((text.charCodeAt(cut - 1) ?? 0) & 0xfc00) === 0xd800
    const end = isHigh ? cut + 1 : cut
    yield text.slice(at, end)
    at = end
  }
}
