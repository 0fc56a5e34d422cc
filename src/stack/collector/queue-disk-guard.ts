/** Gives one Collector its share of the disk before each start and stops it before the disk is full. */
import { lowDiskReason, SIZES, waitForDisk, type QueueSizes, type Sinks } from './disk-usage.ts'

/** Before the disk is measured. */
export const UNSIZED: QueueSizes['env'] = {
  QUEUE_BYTES: '',
  SIGNOZ_QUEUE_BYTES: '',
  BATCH_BYTES: '',
  COMPACT_ON_START: 'true',
}

interface QueueDiskGuardOptions {
  /** Whose queues share the disk. */
  sinks: Sinks
  /** The Collector's environment; its sizes are set here. */
  env: Record<string, string>
  report: (line: string) => void
}

export class QueueDiskGuard {
  readonly #directory: string
  readonly #options: QueueDiskGuardOptions
  #sizes: QueueSizes = { floorBytes: 0, env: UNSIZED }

  constructor(directory: string, options: QueueDiskGuardOptions) {
    this.#directory = directory
    this.#options = options
  }

  /** Waits for space and sets the sizes of the next start, except those that the operator has set. */
  async waitForSpace(stopping: AbortSignal): Promise<void> {
    const { sinks, report, env } = this.#options
    const sizes = await waitForDisk(this.#directory, { sinks, stopping, report })
    if (sizes === null) return
    for (const name of SIZES)
      if (env[name] === undefined || env[name] === this.#sizes.env[name]) env[name] = sizes.env[name]
    // The operator's queue may be smaller than what was planned.
    if (Number(env['BATCH_BYTES']) > Number(env['QUEUE_BYTES']))
      env['BATCH_BYTES'] = sizes.env.BATCH_BYTES = String(env['QUEUE_BYTES'])
    this.#sizes = sizes
  }

  /** Why the Collector must stop; null while there is space. */
  stopReason(): Promise<string | null> {
    return lowDiskReason(this.#directory, this.#sizes.floorBytes)
  }
}
