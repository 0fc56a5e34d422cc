/** One link of the chain from an execution to its row: how it is asked, and how it says that it is broken. */
import type { Config } from '../config.ts'
import type { Executor } from '../executor/executor.ts'
import type { Store } from '../store/client.ts'

/** What a walk needs; the caller opens and closes it. */
export interface Walk {
  config: Config
  executor: Executor
  /** The store of the running stack or of `CLICKHOUSE_URL`; null where neither is known. */
  store: Store | null
  /** The execution that was sent through, once its row has arrived. */
  probeId?: string
}

/** One link: what it rests on, and the question. */
export interface Link {
  name: string
  /** Links that must hold before this one can be asked. */
  needs?: readonly string[]
  /** What is right, in a line; throws what is wrong, with its hint. */
  ask(walk: Walk): Promise<string | { skipped: string; fix?: string }>
}

/** A link that does not hold: why, and what to do. */
export class BrokenLink extends Error {
  readonly fix: string
  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}

export const ANSWER_MS = 5_000
export const START = 'Start the stack with `exectrail up`.'

/** Null where nothing answers in time. */
export async function fetchBriefly(url: string, init: RequestInit = {}): Promise<Response | null> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
