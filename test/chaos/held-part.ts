/** A part of the stack under real supervision that a test can hold down and let up again. */
import type { ProcessSpec } from '../../src/stack/process.ts'
import { supervise } from '../../src/stack/supervise.ts'
import { waitFor } from '../support/wait.ts'

export interface HeldPart {
  readonly pid: number | undefined
  readonly restarts: number
  readonly isUp: boolean
  /** The environment of its next start. */
  readonly env: Record<string, string>
  /** SIGKILL; its supervisor starts it again. */
  kill(): Promise<void>
  /** SIGKILL, and no start until `up`. */
  down(): Promise<void>
  /** Lets it start and waits until it serves. */
  up(): Promise<void>
  stop(): Promise<void>
}

/** Starts `spec` as the stack does. Before each start its supervisor waits at a gate the test holds. */
export async function startHeld(spec: ProcessSpec): Promise<HeldPart> {
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  // The same object: what the part sizes before each start counts as well.
  const env = spec.env as Record<string, string>
  const process_ = await supervise({
    ...spec,
    env,
    async prepare(stopping) {
      const stopped = new Promise<void>((resolve) => {
        stopping.addEventListener('abort', () => resolve(), { once: true })
      })
      await Promise.race([gate.promise, stopped])
      await spec.prepare?.(stopping)
    },
  })
  const kill = async (): Promise<void> => {
    const { pid } = process_
    if (pid === undefined || process_.state !== 'ready') return
    process.kill(pid, 'SIGKILL')
    await waitFor(() => process_.state !== 'ready' || process_.pid !== pid, {
      what: `the end of the ${spec.name}`,
    })
  }
  return {
    get pid() {
      return process_.pid
    },
    get restarts() {
      return process_.restarts
    },
    get isUp() {
      return process_.state === 'ready'
    },
    env,
    kill,
    async down() {
      gate = Promise.withResolvers()
      await kill()
    },
    async up() {
      gate.resolve()
      await waitFor(() => process_.state === 'ready', { what: `the ${spec.name}` })
    },
    async stop() {
      gate.resolve()
      await process_.stop()
    },
  }
}
