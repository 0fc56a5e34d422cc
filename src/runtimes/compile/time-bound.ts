/** How long a compiler may take over one program. */

/** ms of processor time; a program of the largest size takes two seconds. What others take of it is no fault of the program. */
const PROCESSOR_MAX_MS = 10_000
/** ms it may always take: a compiler that had to wait for a processor is no fault of the program. */
export const COMPILE_MIN_MS = 500

interface Compiling {
  /** ms that the run may take in all. */
  timeoutMs: number
  /** ms of processor time that the compiler has taken over the program. */
  processorMs: () => number
}

/** Calls `end` with the reason once the compiler has taken too long, unless what is returned is called before. */
export function boundTime({ timeoutMs, processorMs }: Compiling, end: (reason: string) => void): () => void {
  const boundMs = Math.max(COMPILE_MIN_MS, timeoutMs)
  const since = performance.now()
  let timer: NodeJS.Timeout
  const look = (): void => {
    const leftMs = boundMs - (performance.now() - since)
    const processorLeftMs = PROCESSOR_MAX_MS - processorMs()
    if (leftMs <= 0) end(`compiling the code took longer than ${boundMs} ms`)
    else if (processorLeftMs <= 0)
      end(`compiling the code took more than ${PROCESSOR_MAX_MS} ms of processor time`)
    else timer = setTimeout(look, Math.ceil(Math.min(leftMs, processorLeftMs)))
  }
  timer = setTimeout(look, Math.min(boundMs, PROCESSOR_MAX_MS))
  return () => clearTimeout(timer)
}
