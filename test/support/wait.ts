/** ms: a machine with much other work comes to everything, only late. Half of the time that a test has. */
const PATIENCE_MS = 60_000

interface WaitOptions {
  timeoutMs?: number
  /** What is awaited, for the error. */
  what: string | (() => string)
}

/** Asks again every 20 ms until the answer is neither null, undefined nor false. */
export async function waitFor<T>(
  ask: () => Promise<T> | T,
  { what, timeoutMs = PATIENCE_MS }: WaitOptions,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false)
      return answer as NonNullable<Exclude<T, false>>
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${typeof what === 'string' ? what : what()}`)
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
