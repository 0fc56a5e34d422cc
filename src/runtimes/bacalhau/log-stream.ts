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

/** How a stream ended: the log is complete, or `broken` with the reason. */
export type LogEnd = { complete: true } | { complete: false; reason: string }

const BROKEN: LogEnd = { complete: false, reason: 'closed' }

export interface LogOptions {
  /** Orchestrator, http(s). */
  url: string
  jobId: string
  executionId: string
  signal: AbortSignal
  /** Called in order, one call at a time. */
  onText: (stream: OutputChunk['stream'], text: string) => Promise<void>
}

/** Reads the log from its beginning to its end. Resolves also when it breaks or `signal` aborts. */
export async function readLog(options: LogOptions): Promise<LogEnd> {
  let taken = 0
  for (;;) {
    const part = await readOnce(options, taken)
    taken = part.taken
    if (part.end !== 'behind') return part.end
    // Who takes the output was slower than the node; what is left is still in its log.
  }
}

async function readOnce(
  { url, jobId, executionId, signal, onText }: LogOptions,
  skip: number,
): Promise<{ taken: number; end: LogEnd | 'behind' }> {
  const query = new URLSearchParams({ follow: 'true', execution_id: executionId })
  const path = `/api/v1/orchestrator/jobs/${encodeURIComponent(jobId)}/logs?${query.toString()}`
  const socket = new WebSocket(url.replace(/^http/, 'ws') + path)
  let seen = 0
  let waiting = 0
  let end: LogEnd | 'behind' | null = null
  let delivery = Promise.resolve()
  const deliver = async (before: Promise<void>, { Type, Line }: { Type: number; Line: string }) => {
    await before
    await onText(Type === STDERR ? 'stderr' : 'stdout', Line)
    waiting -= Line.length
  }
  const left = Promise.withResolvers<null>()
  // Nobody waits for the orchestrator's farewell: it may be minutes late.
  const close = (why: LogEnd | 'behind'): void => {
    end ??= why
    left.resolve(null)
    socket.close()
  }
  socket.addEventListener('message', ({ data }) => {
    const parsed = message.safeParse(parseJson(data))
    if (!parsed.success || end !== null) return
    const { error = '', value } = parsed.data
    if (error !== '') return close({ complete: false, reason: error })
    seen += 1
    if (value === undefined || seen <= skip) return
    waiting += value.Line.length
    delivery = deliver(delivery, value)
    if (waiting > WAITING_MAX) close('behind')
  })
  const onAbort = (): void => close({ complete: false, reason: 'aborted' })
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const closed = await Promise.race([left.promise, closeOf(socket)])
  signal.removeEventListener('abort', onAbort)
  await delivery
  return { taken: Math.max(seen, skip), end: end ?? closed ?? BROKEN }
}

function closeOf(socket: WebSocket): Promise<LogEnd> {
  return new Promise((resolve) => {
    socket.addEventListener('close', ({ code }) => {
      resolve(code === 1000 ? { complete: true } : { complete: false, reason: `closed with code ${code}` })
    })
    // A `close` follows.
    socket.addEventListener('error', () => undefined)
  })
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : null
  } catch {
    return null
  }
}
