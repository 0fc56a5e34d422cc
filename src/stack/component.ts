/** A component of the stack: supervised by us, or external. */
import { ExectrailError } from '../errors.ts'
import { choosePorts } from './ports.ts'
import type { ProcessState, SupervisedProcess } from './process.ts'

/** State of a component; `external` ones are not supervised. */
export interface ComponentStatus {
  name: 'store' | 'collector' | 'metadata'
  state: ProcessState | 'external'
  url: string
  pid: number | null
  restarts: number
  /** Why it last ended, with the last lines of its log; null if it never ended. */
  lastError: string | null
}

export interface StackComponent {
  status(): ComponentStatus
  stop(): Promise<void>
}

/** A component that runs elsewhere. */
export function externalComponent(name: ComponentStatus['name'], url: string): StackComponent {
  return {
    status: () => ({ name, state: 'external', url, pid: null, restarts: 0, lastError: null }),
    stop: () => Promise.resolve(),
  }
}

/** A component that is a process of ours. */
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
 * Calls `start` with the preferred ports, or free ones where they are taken. Retries with other ports when another program
 * takes one before the start.
 */
export async function withPorts<T>(
  preferred: readonly number[],
  start: (ports: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await choosePorts(attempt === 1 ? preferred : preferred.map(() => 0)))
    } catch (error) {
      const taken = error instanceof ExectrailError && PORT_TAKEN.test(error.message)
      if (!taken || attempt === ATTEMPTS) throw error
    }
  }
}
