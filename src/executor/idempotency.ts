import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { ExectrailError } from '../errors.ts'
import type { LiveExecution } from './executions.ts'
import type { NormalizedRequest } from './normalize.ts'
import { weigh } from './result-size.ts'

const KEPT_MS = 3_600_000
const KEPT_COUNT = 10_000
const KEPT_BYTES = 67_108_864

interface CachedExecution {
  requestSha256: string
  execution: LiveExecution
  startedAt: number
  callers: Callers
}

type Run = (request: NormalizedRequest) => LiveExecution

/**
 * Runs a request with an idempotency key once per organization; the same key again gets the same result.
 * Remembers keys in this process for an hour: the newest 10,000 of them, and answers of 64 MiB in all.
 */
export class Idempotency {
  /** Bounded by admission, and never evicted: a key must not run twice at once. */
  readonly #running = new Map<string, CachedExecution>()
  readonly #finished = new LRUCache<string, CachedExecution>({
    max: KEPT_COUNT,
    maxSize: KEPT_BYTES,
    ttl: KEPT_MS,
  })

  /**
   * The run is cancelled once everybody who waits for it has given up; a key whose run was cancelled or refused
   * may be used again.
   * @throws {ExectrailError} `conflict` when the key came with another request before.
   */
  once(request: NormalizedRequest, run: Run): LiveExecution {
    const { idempotencyKey } = request.body
    if (idempotencyKey === undefined) return run(request)
    const key = keyOf(request, idempotencyKey)
    const before = this.#find(key)
    if (before === undefined) return this.#begin(key, request, run)
    if (before.requestSha256 !== hash(request)) throw usedBefore(idempotencyKey)
    before.callers.add(request.signal)
    return before.execution
  }

  /** True where `once` runs nothing. */
  knows(request: NormalizedRequest): boolean {
    const { idempotencyKey } = request.body
    return idempotencyKey !== undefined && this.#find(keyOf(request, idempotencyKey)) !== undefined
  }

  #find(key: string): CachedExecution | undefined {
    // Asking for a key again does not keep it longer.
    const before = this.#running.get(key) ?? this.#finished.peek(key)
    return before?.callers.signal.aborted === true ? undefined : before
  }

  #begin(key: string, request: NormalizedRequest, run: Run): LiveExecution {
    const callers = new Callers()
    callers.add(request.signal)
    const execution = run({ ...request, signal: callers.signal })
    const entry = { requestSha256: hash(request), execution, startedAt: performance.now(), callers }
    this.#running.set(key, entry)
    this.#finished.delete(key)
    void this.#keepResult(key, entry)
    return execution
  }

  async #keepResult(key: string, entry: CachedExecution): Promise<void> {
    const result = await entry.execution.result.catch(() => null)
    entry.callers.close()
    if (this.#running.get(key) !== entry) return
    this.#running.delete(key)
    if (result === null || result.outcome === 'cancelled') return
    this.#finished.set(key, entry, { size: weigh(result), start: entry.startedAt })
  }
}

/** Those who wait for one run; its signal aborts when the last of them has given up. */
class Callers {
  readonly #controller = new AbortController()
  readonly #over = new AbortController()
  #waiting = 0

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  add(caller: AbortSignal | undefined): void {
    this.#waiting += 1
    const giveUp = (): void => {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#controller.abort()
    }
    if (caller?.aborted === true) giveUp()
    else caller?.addEventListener('abort', giveUp, { once: true, signal: this.#over.signal })
  }

  close(): void {
    this.#over.abort()
  }
}

function keyOf({ context }: NormalizedRequest, idempotencyKey: string): string {
  return JSON.stringify([context.organizationId, idempotencyKey])
}

/** Of what the caller asked for: an agent may have a new version when the request is repeated. */
function hash({ body, asked, input }: NormalizedRequest): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...(asked ?? body), input: null }))
    .update(input)
    .digest('hex')
}

function usedBefore(key: string): ExectrailError {
  return new ExectrailError(
    'conflict',
    `idempotency key ${JSON.stringify(key)} was used with another request`,
    { hint: 'Use a new key for a new request.' },
  )
}
