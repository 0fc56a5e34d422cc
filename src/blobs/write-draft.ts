/** Writes a new file whose bytes go to the disk while more of them come, so that its end waits for few. */
import { open, type FileHandle } from 'node:fs/promises'
import type { ShortLived } from './blob-store.ts'

/** Written at once; as much is gathered meanwhile. */
const WRITE_BYTES = 1_048_576
/** As often the disk is asked to take what was written. */
const SYNC_BYTES = 33_554_432

/** Resolves once the disk has all of it. @throws file system errors, also EEXIST, and those of `pieces` */
export async function writeDraft(path: string, pieces: ShortLived): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  const draft = new Draft(file)
  try {
    for await (const piece of pieces) await draft.add(piece)
    await draft.end()
  } finally {
    await draft.settle()
    await file.close()
  }
}

class Draft {
  readonly #file: FileHandle
  /** Where bytes are gathered, and what is written meanwhile. */
  #held: Buffer = Buffer.allocUnsafeSlow(WRITE_BYTES)
  #written: Buffer | null = null
  #heldBytes = 0
  #unsynced = 0
  #writing: Promise<void> = Promise.resolve()
  /** Null where none is under way. */
  #syncing: Promise<void> | null = null

  constructor(file: FileHandle) {
    this.#file = file
  }

  async add(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + WRITE_BYTES - this.#heldBytes)
      this.#held.set(part, this.#heldBytes)
      this.#heldBytes += part.length
      at += part.length
      if (this.#heldBytes === WRITE_BYTES) await this.#write()
    }
  }

  async end(): Promise<void> {
    await this.#write()
    await this.#writing
    await this.#syncing
    await this.#file.sync()
  }

  /** Waits for what is under way, whatever becomes of it. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#syncing])
  }

  /** Begins to write what is held, once what was held before is written. */
  async #write(): Promise<void> {
    await this.#writing
    this.#unsynced += this.#heldBytes
    const full = this.#held
    this.#writing = writeAll(this.#file, full.subarray(0, this.#heldBytes))
    this.#writing.catch(() => undefined)
    this.#held = this.#written ?? Buffer.allocUnsafeSlow(WRITE_BYTES)
    this.#written = full
    this.#heldBytes = 0
    if (this.#unsynced < SYNC_BYTES || this.#syncing !== null) return
    this.#syncing = this.#sync()
    // `end` fails with it.
    this.#syncing.catch(() => undefined)
  }

  async #sync(): Promise<void> {
    this.#unsynced = 0
    await this.#file.datasync()
    this.#syncing = null
  }
}

/** A disk may take less than it is given. */
async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten
}
