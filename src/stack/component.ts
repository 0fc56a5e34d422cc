/** A part of the stack: started by us and supervised, or used where it is. */
import { ExectrailError } from '../errors.ts'
import { choosePorts } from './ports.ts'
import type { ProcessState, SupervisedProcess } from './process.ts'

/** One part as it is now; `external` parts are used where they are and not watched. */
export interface ComponentStatus {
  name: 'store' | 'collector'
  state: ProcessState | 'external'
  url: string
  pid: number | null
  restarts: number
  /** Why it ended last, with the last lines of its log; null if it never did. */
  lastError: string | null
}

export interface StackComponent {
  status(): ComponentStatus
  stop(): Promise<void>
}

/** A part that is used where it is. */
export function externalComponent(name: ComponentStatus['name'], url: string): StackComponent {
  return {
    status: () => ({ name, state: 'external', url, pid: null, restarts: 0, lastError: null }),
    stop: () => Promise.resolve(),
  }
}

/** A part that is a process of ours. */
export function supervisedComponent(
  name: ComponentStatus['name'],
  url: string,
  process: SupervisedProcess,
): StackComponent {
  return {
    status: () => ({
      name,
      state: process.state,
      url,
      pid: process.pid ?? null,
      restarts: process.restarts,
      lastError: process.lastError,
    }),
    stop: () => process.stop(),
  }
}

const PORT_TAKEN = /address already in use|EADDRINUSE/u
const ATTEMPTS = 3

/**
 * Calls `start` with one port per wish: the wished ones when free, else free ones. Should another program
 * take one between the choice and the start, it is tried again with others.
 */
export async function withPorts<T>(
  wishes: readonly number[],
  start: (ports: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await choosePorts(attempt === 1 ? wishes : wishes.map(() => 0)))
    } catch (error) {
      const taken = error instanceof ExectrailError && PORT_TAKEN.test(error.message)
      if (!taken || attempt === ATTEMPTS) throw error
    }
  }
}
