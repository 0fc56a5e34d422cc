/** zstd in other threads, with memory that serves one frame after another. */
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'

/** A larger window finds little more in a frame. */
const WINDOW_LOG = 18
/** Frames of other versions may be larger. */
const WINDOW_LOG_MAX = 20
/** Level 1 stores text in a fifth less and takes a third more processor time, which programs would have. */
export const COMPRESSION = {
  [constants.ZSTD_c_compressionLevel]: -2,
  [constants.ZSTD_c_windowLog]: WINDOW_LOG,
}

export interface Made {
  pieces: Buffer[]
  /** Memory that can be freed once these pieces and all earlier ones have been used. */
  spent: ArrayBufferLike[]
}

type Stream = ReturnType<typeof createZstdCompress> | ReturnType<typeof createZstdDecompress>

/** Of one object: each stream works on one frame at a time, so there are as many as frames at once. */
export class ZstdStreams {
  readonly #start: () => Stream
  readonly #idle: ZstdStream[] = []
  readonly #all: ZstdStream[] = []

  private constructor(start: () => Stream) {
    this.#start = start
  }

  /** @param frameBytes size of the largest frame */
  static toCompress(frameBytes: number): ZstdStreams {
    const chunkSize = Math.max(1024, Math.ceil(frameBytes / 4))
    return new ZstdStreams(() =>
      createZstdCompress({ params: COMPRESSION, chunkSize, flush: constants.ZSTD_e_end }),
    )
  }

  /** @param frameBytes size of the largest frame: each content is then in one piece */
  static toExpand(frameBytes: number): ZstdStreams {
    const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX }
    return new ZstdStreams(() => createZstdDecompress({ params, chunkSize: Math.max(64, frameBytes) }))
  }

  /** @throws {Error} where zstd refuses it, or makes more than `maxBytes` of it; then use none of these again */
  async run(input: Buffer, maxBytes: number): Promise<Made> {
    const stream = this.#idle.pop() ?? this.#startAnother()
    const made = await stream.run(input, maxBytes)
    this.#idle.push(stream)
    return made
  }

  /** What is under way fails. */
  close(): void {
    for (const stream of this.#all) stream.close()
  }

  #startAnother(): ZstdStream {
    const stream = new ZstdStream(this.#start())
    this.#all.push(stream)
    return stream
  }
}

class ZstdStream {
  readonly #stream: Stream
  #made: Made = { pieces: [], spent: [] }
  /** Which the stream writes into. */
  #memory: ArrayBufferLike | null = null
  #room = 0
  #fail: (error: Error) => void = () => undefined

  constructor(stream: Stream) {
    this.#stream = stream
    stream.on('data', (piece: Buffer) => this.#take(piece))
    stream.on('error', (error) => this.#fail(error))
    stream.on('close', () => this.#fail(new Error('it is not needed any more')))
  }

  run(input: Buffer, maxBytes: number): Promise<Made> {
    this.#room = maxBytes
    return new Promise((resolve, reject) => {
      this.#fail = reject
      this.#stream.write(input, (error) => {
        if (error) reject(error)
        else resolve(this.#made)
        this.#made = { pieces: [], spent: [] }
      })
    })
  }

  close(): void {
    this.#stream.destroy()
  }

  #take(piece: Buffer): void {
    this.#room -= piece.length
    if (this.#room < 0) this.#stream.destroy(new Error('there is more than there should be'))
    this.#made.pieces.push(piece)
    if (this.#memory !== null && this.#memory !== piece.buffer) this.#made.spent.push(this.#memory)
    this.#memory = piece.buffer
  }
}
