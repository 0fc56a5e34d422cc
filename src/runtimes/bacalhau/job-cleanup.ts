/** Jobs whose guest has said all: they end by themselves, and where one does not, it is stopped. */
import { setTimeout as pause } from 'node:timers/promises'
import type { BacalhauApi } from './api.ts'
import { readProgress } from './progress.ts'

/** ms a job may live on after its guest's last frame. */
const GRACE_MS = 1_000

export class JobCleanup {
  readonly #closing = new AbortController()
  readonly #pending = new Set<Promise<void>>()

  /** Sees the job to its end, behind the caller. */
  add(api: BacalhauApi, jobId: string): void {
    const work = this.#see(api, jobId)
    this.#pending.add(work)
    void work.finally(() => this.#pending.delete(work))
  }

  /** Stops what has not ended yet. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#pending)
  }

  async #see(api: BacalhauApi, jobId: string): Promise<void> {
    try {
      await pause(GRACE_MS, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined)
      const { completedAtMs } = readProgress(await api.history(jobId))
      if (completedAtMs === null) await api.stop(jobId, 'ended by exectrail')
    } catch {
      // Its own time limit ends it, or the next start finds it by its labels.
    }
  }
}
