interface WaitOptions {
  timeoutMs: number
  /** What is awaited, for the error. */
  what: string | (() => string)
}

/** Asks again every 20 ms until the answer is neither null, undefined nor false. */
export async function waitFor<T>(
  ask: () => Promise<T> | T,
  options: WaitOptions,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false)
      return answer as NonNullable<Exclude<T, false>>
    if (performance.now() > deadline) {
      throw new Error(
        `waited ${options.timeoutMs} ms for ${typeof options.what === 'string' ? options.what : options.what()}`,
      )
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
