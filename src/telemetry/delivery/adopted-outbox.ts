/** A directory adopted from a process that is gone: its frames, then a completion for each execution that has none. */
import { rm } from 'node:fs/promises'
import type { OutboxDirectory } from '../outbox/adopt.ts'
import type { StoredFrame } from '../outbox/frames.ts'
import { findIncomplete, readFrameAt, type FramePosition } from '../outbox/incomplete.ts'
import { removeSegment, type DirectorySize } from '../outbox/reader.ts'
import { crashCompletion } from '../record/crash-completion.ts'
import { DirectorySender } from './directory-sender.ts'
import { PendingBatch, type DeliveryContext } from './pending-batch.ts'

const CRASHES_AT_ONCE = 200

export class AdoptedOutbox {
  readonly directory: OutboxDirectory
  readonly #sender: DirectorySender
  #incomplete: FramePosition[] | null = null
  #crashes: { count: number; batch: PendingBatch } | null = null

  constructor(directory: OutboxDirectory) {
    this.directory = directory
    this.#sender = new DirectorySender(directory.path, directory.resource)
  }

  /** Sends everything and removes the directory. @throws {DeliveryError} or file system errors */
  async send(context: DeliveryContext): Promise<void> {
    const { path } = this.directory
    this.#incomplete ??= await findIncomplete(path)
    await this.#sender.send(context, { isActive: () => false, done: () => Promise.resolve() })
    while (this.#incomplete.length > 0) {
      this.#crashes ??= await this.#nextCrashes(this.#incomplete.slice(0, CRASHES_AT_ONCE))
      await this.#crashes.batch.deliver(context)
      context.counters.adopted += this.#crashes.count
      this.#crashes = null
      this.#incomplete.splice(0, CRASHES_AT_ONCE)
    }
    await rm(path, { recursive: true, force: true })
  }

  /** Gives up what was written before `beforeMs` (epoch). Returns the records lost. */
  async expire(beforeMs: number): Promise<number> {
    const lost = await this.#sender.expire(beforeMs, (segment) => removeSegment(this.directory.path, segment))
    // Starts that were there are gone as well.
    if (lost > 0) this.#incomplete = null
    return lost
  }

  /** What waits; at least 1 while something does. */
  async measure(): Promise<DirectorySize> {
    const size = await this.#sender.measure()
    const crashes = this.#incomplete?.length ?? 1
    return { ...size, waitingBytes: Math.max(size.waitingBytes, crashes) }
  }

  async #nextCrashes(positions: readonly FramePosition[]): Promise<{ count: number; batch: PendingBatch }> {
    const { path, resource, lastHeartbeatMs } = this.directory
    const frames: StoredFrame[] = []
    for (const position of positions) {
      const start = await readFrameAt(path, position)
      if (start !== null) frames.push(crashCompletion(start, lastHeartbeatMs))
    }
    return { count: frames.length, batch: new PendingBatch(resource, frames) }
  }
}
