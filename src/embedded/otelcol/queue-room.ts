/** The disk of the queues as one Collector meets it: waited for and divided before each start, watched while it runs. */
import { lackOfRoom, waitForRoom, type RoomPlan, type Sinks } from './room.ts'

/** Before the first look. */
export const UNSIZED: RoomPlan['env'] = { QUEUE_BYTES: '', SIGNOZ_QUEUE_BYTES: '', COMPACT_ON_START: 'true' }

interface QueueRoomOptions {
  /** Whose queues share the disk. */
  sinks: Sinks
  /** Of the Collector; its sizes are set here. */
  env: Record<string, string>
  report: (line: string) => void
}

export class QueueRoom {
  readonly #directory: string
  readonly #options: QueueRoomOptions
  #plan: RoomPlan = { floorBytes: 0, env: UNSIZED }

  constructor(directory: string, options: QueueRoomOptions) {
    this.#directory = directory
    this.#options = options
  }

  /** Waits for room and sets the sizes of the next start, but those that another has set. */
  async enter(stopping: AbortSignal): Promise<void> {
    const { sinks, report, env } = this.#options
    const plan = await waitForRoom(this.#directory, { sinks, stopping, report })
    if (plan === null) return
    for (const name of ['QUEUE_BYTES', 'SIGNOZ_QUEUE_BYTES', 'COMPACT_ON_START'] as const)
      if (env[name] === undefined || env[name] === this.#plan.env[name]) env[name] = plan.env[name]
    this.#plan = plan
  }

  /** Why the Collector must not go on; null while there is room. */
  lack(): Promise<string | null> {
    return lackOfRoom(this.#directory, this.#plan.floorBytes)
  }
}
