/** Keeps the process alive while a caller waits for a flush; returns what ends it. */
export function keepProcessAlive(ms: number): () => void {
  const timer = setTimeout(() => undefined, ms)
  return () => clearTimeout(timer)
}

/** Waits for work, but not beyond `deadline` on the monotonic clock. */
export async function raceDeadline(work: Promise<void>, deadline: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, Math.max(0, deadline - performance.now()))
  await Promise.race([work, late.promise])
  clearTimeout(timer)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
