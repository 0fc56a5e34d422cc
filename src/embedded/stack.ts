/** The parts exectrail starts and keeps alive: the store and the Collector. The service is the caller's. */
import type { Config } from '../config.ts'
import type { Endpoints } from './endpoints.ts'
import type { ProcessState } from './process.ts'
import { ExectrailError } from '../errors.ts'

/** One part as it is now; `external` parts are used where they are and not watched. */
export interface PartStatus {
  name: 'store' | 'collector'
  state: ProcessState | 'external'
  url: string
  pid: number | null
  restarts: number
  /** Why it ended last, with the last lines of its log; null if it never did. */
  lastError: string | null
}

export interface Stack {
  /** Where the store and the Collector listen, and the store's credentials. */
  readonly endpoints: Omit<Endpoints, 'service'>
  /** The port the service should bind; 0 means any. */
  readonly servicePort: number
  /** Call once the service listens: writes endpoints.json (0600) and resolves to what it holds. */
  publish(service: string): Promise<Endpoints>
  parts(): readonly PartStatus[]
  /** Stops what was started, the Collector first, removes endpoints.json and frees the home. */
  stop(): Promise<void>
}

/**
 * Starts the embedded store and Collector of `config.home`, each unless the environment names one elsewhere,
 * and migrates the store. `report` gets one line per step, for a person.
 * @throws {ExectrailError} `stack_failed`, saying what, why and what to do; nothing is left running.
 */
export function startStack(config: Config, report: (line: string) => void): Promise<Stack> {
  report(`starting the stack of ${config.home}`)
  return Promise.reject(new ExectrailError('stack_failed', 'The stack is being written'))
}
