/** A reply's body of pieces that are made while the reader takes them. */
import { messageOf } from '../errors.ts'
import type { ApiContext } from './context.ts'

/** A reader that takes nothing for so long is cut off. */
const STALLED_MS = 60_000

interface BodyOptions {
  /** Aborted when the reader goes or the body fails. */
  ending?: AbortController
  log: (line: string) => void
}

/** Pulls the next piece when the reader takes more. A failure cuts the connection, so that no reader takes a part for the whole. */
export function streamBody(
  c: ApiContext,
  pieces: AsyncIterable<Uint8Array>,
  { ending = new AbortController(), log }: BodyOptions,
): ReadableStream<Uint8Array> {
  const { outgoing } = c.env
  const iterator = pieces[Symbol.asyncIterator]()
  const cutOff = (): void => {
    ending.abort()
    outgoing?.destroy()
    void iterator.return?.()
  }
  outgoing?.setTimeout(STALLED_MS, cutOff)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await iterator.next()
          if (next.done === true) controller.close()
          else controller.enqueue(next.value)
        } catch (error) {
          const reason = messageOf(error)
          if (!ending.signal.aborted)
            log(JSON.stringify({ requestId: c.get('requestId'), path: c.req.path, reason }))
          cutOff()
          // Without a socket the error is the only sign.
          if (outgoing === undefined) controller.error(error)
        }
      },
      cancel() {
        ending.abort()
        void iterator.return?.()
      },
    },
    { highWaterMark: 1 },
  )
}
