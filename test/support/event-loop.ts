import { setTimeout as sleep } from 'node:timers/promises'

const TICK_MS = 2

/** ms of the longest time the event loop of this process was away while `work` was under way. */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let longest = 0
  const look = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last - TICK_MS)
    last = now
  }
  const timer = setInterval(look, TICK_MS)
  try {
    await work()
    await sleep(TICK_MS)
  } finally {
    clearInterval(timer)
    look()
  }
  return longest
}
