import { createHash } from 'node:crypto'
import { ExectrailError } from '../errors.ts'
import type { ExecutionResult } from '../execution.ts'
import type { NormalizedRequest } from './normalize.ts'

const KEPT_MS = 3_600_000
const KEPT_COUNT = 10_000
const KEPT_BYTES = 67_108_864

interface CachedExecution {
  requestSha256: string
  work: Promise<ExecutionResult>
  keptAt: number
  /** Of the answer, about; 0 while it runs. */
  bytes: number
  callers: Callers
}

type Run = (settled: NormalizedRequest) => Promise<ExecutionResult>

/**
 * Runs a request with an idempotency key once per organization; the same key again gets the same result.
 * Remembers keys in this process for an hour: the newest 10,000 of them, and answers of 64 MiB in all.
 */
export class Idempotency {
  readonly #kept = new Map<string, CachedExecution>()
  #bytes = 0

  /**
   * The run is cancelled once everybody who waits for it has given up; a key whose run was cancelled or refused
   * may be used again.
   * @throws {ExectrailError} `conflict` when the key came with another request before.
   */
  once(settled: NormalizedRequest, run: Run): Promise<ExecutionResult> {
    const { idempotencyKey } = settled.body
    if (idempotencyKey === undefined) return run(settled)
    this.#forgetOld()
    const key = JSON.stringify([settled.context.organizationId, idempotencyKey])
    const before = this.#kept.get(key)
    if (before === undefined || before.callers.signal.aborted) return this.#begin(key, settled, run)
    if (before.requestSha256 !== hash(settled)) throw usedBefore(idempotencyKey)
    before.callers.add(settled.signal)
    return before.work
  }

  #begin(key: string, settled: NormalizedRequest, run: Run): Promise<ExecutionResult> {
    const callers = new Callers()
    callers.add(settled.signal)
    const work = run({ ...settled, signal: callers.signal })
    const entry = { requestSha256: hash(settled), work, keptAt: performance.now(), bytes: 0, callers }
    this.#kept.set(key, entry)
    void this.#settle(key, entry)
    return work
  }

  async #settle(key: string, entry: CachedExecution): Promise<void> {
    const result = await entry.work.catch(() => null)
    entry.callers.close()
    if (result === null || result.outcome === 'cancelled') this.#forget(key, entry)
    else if (this.#kept.get(key) === entry) {
      entry.bytes = weigh(result)
      this.#bytes += entry.bytes
      this.#forgetOld()
    }
  }

  #forget(key: string, entry: CachedExecution): void {
    if (this.#kept.get(key) !== entry) return
    this.#kept.delete(key)
    this.#bytes -= entry.bytes
  }

  #forgetOld(): void {
    for (const [key, entry] of this.#kept) {
      const old = performance.now() - entry.keptAt >= KEPT_MS
      if (!old && this.#kept.size < KEPT_COUNT && this.#bytes <= KEPT_BYTES) return
      // One that still runs takes no room yet.
      if (old || this.#kept.size >= KEPT_COUNT || entry.bytes > 0) this.#forget(key, entry)
    }
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

function hash({ body }: NormalizedRequest): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex')
}

/** Two bytes a unit, and what an entry itself takes. */
function weigh({ code, input, stdout, stderr, result, files }: ExecutionResult): number {
  const texts = [code, input, stdout, stderr, result === null ? null : JSON.stringify(result)]
  const units = texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
  return 1024 + 2 * files.reduce((sum, { content }) => sum + content.length, units)
}

function usedBefore(key: string): ExectrailError {
  return new ExectrailError(
    'conflict',
    `idempotency key ${JSON.stringify(key)} was used with another request`,
    { hint: 'Use a new key for a new request.' },
  )
}
