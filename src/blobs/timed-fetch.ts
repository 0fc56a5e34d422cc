/** `fetch` that gives up where no answer begins within a time; a body that has begun may take longer. */
export function fetchWithin(limitMs: number): typeof fetch {
  return async (input, init) => {
    const waiting = new AbortController()
    const timer = setTimeout(() => {
      waiting.abort(new Error(`no answer within ${limitMs / 1000} s`))
    }, limitMs)
    const callers = init?.signal
    const signal =
      callers === null || callers === undefined ? waiting.signal : AbortSignal.any([waiting.signal, callers])
    try {
      return await fetch(input, { ...init, signal })
    } finally {
      clearTimeout(timer)
    }
  }
}
