/** Replies of server-sent events. */
import type { ApiContext } from './context.ts'
import { markAsStream } from './open-streams.ts'

/** A comment as often as this, so that proxies keep a quiet stream open and a dead peer is noticed. */
const HEARTBEAT_MS = 15_000
const RETRY_MS = 1_000
/** Then the stream ends; readers go on with their last id. */
const LIFETIME_MS = 15 * 60_000
/** A reader that takes nothing for so long is cut off. */
const STALLED_MS = 120_000

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  // nginx and those like it would wait for more.
  'X-Accel-Buffering': 'no',
}

const encoder = new TextEncoder()
const HEARTBEAT = encoder.encode(': still here\n\n')

/**
 * Streams encoded events until they end or the reader goes. It pulls the next one only when the reader takes more, so a
 * slow reader holds one event here. Nothing is sent after the key has been revoked or has expired.
 * @param onGone called once, when the reader has gone or the events ended
 */
export function eventStream(c: ApiContext, events: AsyncIterator<Uint8Array>, onGone: () => void): Response {
  let next: Promise<IteratorResult<Uint8Array>> | null = null
  const endsAt = performance.now() + LIFETIME_MS
  const leave = (): void => {
    onGone()
    void events.return?.()
  }
  cutOffStalled(c)
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`))
      },
      async pull(controller) {
        next ??= events.next()
        const result = await withinHeartbeat(next)
        if (result !== null) next = null
        const goesOn = result?.done !== true && (await c.get('keyHolds')())
        if (goesOn) controller.enqueue(result?.value ?? HEARTBEAT)
        if (goesOn && performance.now() < endsAt) return
        leave()
        controller.close()
      },
      cancel: leave,
    },
    { highWaterMark: 1 },
  )
  return new Response(body, { headers: HEADERS })
}

/** Null when nothing came in time. */
async function withinHeartbeat<T>(next: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), HEARTBEAT_MS)
  try {
    return await Promise.race([next, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Heartbeats keep the socket of a reader that takes them from being idle. */
function cutOffStalled({ env: { outgoing } }: ApiContext): void {
  if (outgoing === undefined) return
  markAsStream(outgoing)
  outgoing.setTimeout(STALLED_MS, () => outgoing.destroy())
}
