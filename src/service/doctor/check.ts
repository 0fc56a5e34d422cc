/** One check of the chain from an execution to its row, and how it fails. */
import type { Config } from '../../config.ts'
import type { Executor } from '../../executor/executor.ts'
import type { Store } from '../../store/client.ts'
import type { RuntimeView } from '../list-runtimes.ts'

/** What the checks need; the caller opens and closes it. */
export interface DoctorContext {
  config: Config
  executor: Executor
  /** As `listRuntimes()` lists them. */
  runtimes: readonly RuntimeView[]
  /** The store of `CLICKHOUSE_URL` or of the running stack; null when there is neither. */
  store: Store | null
  /** GETs JSON of the service at `url` with this key. @throws {ExectrailError} from the service's problem */
  getFromService: (url: string, key: string, path: string) => Promise<unknown>
  /** The execution that was sent through, once its row has arrived. */
  probeId?: string
}

/** A link of the chain: the links it depends on and its check. */
export interface DoctorCheck {
  name: string
  /** Links that must work before this one can be checked. */
  needs?: readonly string[]
  /** Resolves to one line that describes the working link. @throws {FailedCheck} what is wrong and how to fix it */
  run(context: DoctorContext): Promise<string | { skipped: string; fix?: string }>
}

/** A broken link: the reason and the fix. */
export class FailedCheck extends Error {
  readonly fix: string
  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}

export const ANSWER_MS = 5_000
export const START = 'Start the stack with `exectrail up`.'

/** The response; null when none arrives in time. */
export async function fetchWithTimeout(url: string, init: RequestInit = {}): Promise<Response | null> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null)
}
