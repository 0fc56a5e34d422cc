/** The pace at which a client has to read a large answer, which occupies one of a few slots. */

export interface Pace {
  /** ms after which a client that reads nothing is disconnected. */
  stallMs: number
  /** Bytes a second, on average; 0 for none. */
  minRate: number
  /** The same while others wait for a slot. */
  minRateWhileOthersWait: number
}

/** ms before the average counts. */
const GRACE_MS = 20_000
const GRACE_WHILE_OTHERS_WAIT_MS = 2_000
const CHECK_MS = 500

/** Passes the pieces on; calls `disconnect` once when the client reads them slower than `pace`. */
export async function* withPace(
  pieces: AsyncIterable<Uint8Array>,
  pace: Pace,
  { disconnect, othersWait }: { disconnect: () => void; othersWait: () => boolean },
): AsyncGenerator<Uint8Array> {
  const started = performance.now()
  const state = { bytes: 0, lastPieceAt: started }
  const timer = setInterval(() => {
    const now = performance.now()
    const isStalled = now - state.lastPieceAt > pace.stallMs
    if (isStalled || isTooSlow(state.bytes, now - started, pace, othersWait())) {
      clearInterval(timer)
      disconnect()
    }
  }, CHECK_MS)
  try {
    for await (const piece of pieces) {
      state.lastPieceAt = performance.now()
      yield piece
      state.bytes += piece.length
    }
  } finally {
    clearInterval(timer)
  }
}

function isTooSlow(bytes: number, elapsedMs: number, pace: Pace, othersWait: boolean): boolean {
  const rate = bytes / (elapsedMs / 1000)
  if (othersWait && elapsedMs > GRACE_WHILE_OTHERS_WAIT_MS && rate < pace.minRateWhileOthersWait) return true
  return elapsedMs > GRACE_MS && rate < pace.minRate
}
