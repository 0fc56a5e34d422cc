/** The executions of one executor: in flight, and those that ended a short time ago. */
import { LRUCache } from 'lru-cache'
import type { ExecutionRecord, ExecutionResult, StartedRecord } from '../execution.ts'
import type { OutputLog } from './output-log.ts'
import { weigh } from './result-size.ts'

export const PHASES = ['queued', 'starting', 'running'] as const
export type Phase = (typeof PHASES)[number]

/** How long an ended execution is kept for those who ask for it by its id, before its row is in the store. */
const KEPT_MS = 30_000
/** The same for one whose caller did not wait for it. */
const KEPT_ASYNC_MS = 600_000
const KEPT_COUNT = 10_000
const KEPT_BYTES = 67_108_864
const PURGE_EVERY_MS = 5_000

/** What a caller wants beside the result. */
export interface SubmitOptions {
  /** Gets the output for those who watch; the execution is then also kept for a while after its end. */
  output?: OutputLog
  /** No caller waits for the result: it is kept for ten minutes. */
  detached?: boolean
}

/** One execution of this process. */
export interface LiveExecution {
  readonly started: StartedRecord
  /** Null once it has ended. */
  readonly phase: Phase | null
  readonly output: OutputLog | null
  /** Null until it has ended; `recorded` is what the trail may keep. */
  readonly ended: { result: ExecutionResult; recorded: ExecutionRecord } | null
  /** Its caller does not wait for the result. */
  readonly detached: boolean
  /** Resolves when its start is in the outbox. */
  readonly begun: Promise<void>
  /** As `execute()`. */
  readonly result: Promise<ExecutionResult>
  readonly cancelRequested: boolean
  /** Ends it as `cancelled`, queued or running. */
  cancel(): void
  /** Keeps its result for a caller who does not wait. */
  detach(): void
}

/** As the executor conducts it. */
export class ConductedExecution implements LiveExecution {
  readonly started: StartedRecord
  phase: Phase | null = 'queued'
  output: OutputLog | null = null
  ended: LiveExecution['ended'] = null
  result: Promise<ExecutionResult>
  detached = false
  readonly #begun = Promise.withResolvers<void>()
  readonly #cancelling = new AbortController()

  /** @param conduct runs it; called at once */
  constructor(started: StartedRecord, conduct: (execution: ConductedExecution) => Promise<ExecutionResult>) {
    this.started = started
    this.result = conduct(this)
  }

  get begun(): Promise<void> {
    return this.#begun.promise
  }

  get cancelRequested(): boolean {
    return this.#cancelling.signal.aborted
  }

  get signal(): AbortSignal {
    return this.#cancelling.signal
  }

  readonly cancel = (): void => {
    if (!this.signal.aborted) this.#cancelling.abort()
  }

  detach(): void {
    this.detached = true
  }

  markBegun(): void {
    this.#begun.resolve()
  }

  end(result: ExecutionResult, recorded: ExecutionRecord): void {
    this.phase = null
    this.ended = { result, recorded }
  }
}

/** An execution and its place among those of its organization that wait; null when it does not wait. */
export interface Listed {
  execution: LiveExecution
  queuePosition: number | null
}

export class Executions {
  readonly #inFlight = new Map<string, ConductedExecution>()
  readonly #ended = new LRUCache<string, LiveExecution>({
    max: KEPT_COUNT,
    maxSize: KEPT_BYTES,
    ttl: KEPT_MS,
  })
  #purgedAt = 0

  add(execution: ConductedExecution): void {
    const { executionId } = execution.started
    this.#inFlight.set(executionId, execution)
    const forget = (): void => {
      this.#inFlight.delete(executionId)
      execution.phase = null
      execution.output?.close()
      this.#keep(execution)
    }
    execution.result.then(forget, forget)
  }

  /** In flight, or ended a short time ago. */
  find(executionId: string): LiveExecution | null {
    return this.#inFlight.get(executionId) ?? this.#ended.peek(executionId) ?? null
  }

  /** Those in flight, in the order in which they were accepted. */
  *list(): Generator<Listed> {
    const waiting = new Map<string, number>()
    for (const execution of this.#inFlight.values()) {
      const { organizationId } = execution.started
      const position = execution.phase === 'queued' ? (waiting.get(organizationId) ?? 0) + 1 : null
      if (position !== null) waiting.set(organizationId, position)
      yield { execution, queuePosition: position }
    }
  }

  cancelAll(): void {
    for (const execution of this.#inFlight.values()) execution.cancel()
  }

  /** Resolves when all that are in flight have ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#inFlight.values()].map(({ result }) => result))
  }

  #keep(execution: ConductedExecution): void {
    const { output, ended, detached, started } = execution
    if (output === null || ended === null) return
    const now = performance.now()
    if (now - this.#purgedAt > PURGE_EVERY_MS) {
      this.#purgedAt = now
      this.#ended.purgeStale()
    }
    this.#ended.set(started.executionId, execution, {
      size: weigh(ended.result) + output.size,
      ttl: detached ? KEPT_ASYNC_MS : KEPT_MS,
    })
  }
}
