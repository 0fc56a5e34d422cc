import { setTimeout as sleep } from 'node:timers/promises'

const TICK_MS = 2

/**
 * ms of the longest time the event loop of this process was away while `work` was under way, of which it had a
 * processor: what else the machine does is not counted.
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let [last, lastCpu] = [performance.now(), cpuMs()]
  let longest = 0
  const look = (): void => {
    const [now, cpu] = [performance.now(), cpuMs()]
    longest = Math.max(longest, Math.min(now - last - TICK_MS, cpu - lastCpu))
    ;[last, lastCpu] = [now, cpu]
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

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
