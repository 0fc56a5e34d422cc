/** The log of one execution as the orchestrator streams it. */
import { z } from 'zod'
import type { OutputChunk } from '../../execution.ts'

const message = z.object({
  error: z.string().optional(),
  value: z.object({ Type: z.number(), Line: z.string() }).optional(),
})
const STDERR = 2
/** Bytes that may wait for who takes them; beyond it the stream is closed and taken up again. */
const WAITING_MAX = 16_777_216

/** How a stream ended, and how many entries of the log were taken; a later one begins after them. */
export interface LogEnd {
  /** Null when the orchestrator closed it as at the log's end, which it also does to one that stalled. */
  reason: string | null
  taken: number
}

const BEHIND = 'behind'

export interface LogOptions {
  /** Orchestrator, http(s). */
  url: string
  jobId: string
  executionId: string
  signal: AbortSignal
  /** Entries taken before. */
  skip: number
  /** Called in order, one call at a time. */
  onText: (stream: OutputChunk['stream'], text: string) => Promise<void>
}

/** Reads the log from its beginning to its end. Resolves also when it breaks or `signal` aborts. */
export async function readLog(options: LogOptions): Promise<LogEnd> {
  let { skip } = options
  for (;;) {
    const end = await readOnce({ ...options, skip })
    skip = end.taken
    if (end.reason !== BEHIND) return end
    // Who takes the output was slower than the node; what is left is still in its log.
  }
}

async function readOnce(options: LogOptions): Promise<LogEnd> {
  const { url, jobId, executionId, signal } = options
  const query = new URLSearchParams({ follow: 'true', execution_id: executionId })
  const path = `/api/v1/orchestrator/jobs/${encodeURIComponent(jobId)}/logs?${query.toString()}`
  const socket = new WebSocket(url.replace(/^http/, 'ws') + path)
  const ended = Promise.withResolvers<string | null>()
  // The orchestrator's last message is not waited for: it may be minutes late.
  const leave = (reason: string | null): void => {
    ended.resolve(reason)
    socket.close()
  }
  const delivery = new Delivery(options, leave)
  socket.addEventListener('message', ({ data }) => delivery.take(data))
  socket.addEventListener('close', ({ code }) => {
    ended.resolve(code === 1000 ? null : `closed with code ${code}`)
  })
  // A `close` follows.
  socket.addEventListener('error', () => undefined)
  const onAbort = (): void => leave('aborted')
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const reason = await ended.promise
  signal.removeEventListener('abort', onAbort)
  return { reason, taken: await delivery.finish() }
}

/** Hands entries on one at a time and counts them. */
class Delivery {
  readonly #options: LogOptions
  readonly #leave: (reason: string) => void
  #seen = 0
  #waiting = 0
  #over = false
  #last = Promise.resolve()

  constructor(options: LogOptions, leave: (reason: string) => void) {
    this.#options = options
    this.#leave = leave
  }

  take(data: unknown): void {
    const parsed = message.safeParse(parseJson(data))
    if (!parsed.success || this.#over) return
    const { error = '', value } = parsed.data
    if (error !== '') {
      this.#over = true
      this.#leave(error)
      return
    }
    this.#seen += 1
    if (value === undefined || this.#seen <= this.#options.skip) return
    this.#waiting += value.Line.length
    this.#last = this.#deliver(this.#last, value)
    if (this.#waiting <= WAITING_MAX) return
    this.#over = true
    this.#leave(BEHIND)
  }

  /** Waits until all is handed on; resolves to the number of entries taken, now and before. */
  async finish(): Promise<number> {
    this.#over = true
    await this.#last
    return Math.max(this.#seen, this.#options.skip)
  }

  async #deliver(before: Promise<void>, { Type, Line }: { Type: number; Line: string }): Promise<void> {
    await before
    await this.#options.onText(Type === STDERR ? 'stderr' : 'stdout', Line)
    this.#waiting -= Line.length
  }
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : null
  } catch {
    return null
  }
}
