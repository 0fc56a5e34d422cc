/** Work on a caller's own pattern or schema, which may be endless: tried here for an instant, then in a thread. */
import { availableParallelism } from 'node:os'
import { createContext, Script } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { CapacityError } from '../errors.ts'
import type { Question } from './check-thread.ts'

/** ms such work may hold this process; nothing else is served meanwhile. */
const INSTANT_MS = 40
/** ms it may take in a thread of its own. */
export const BOUND_MS = 2000
/** ms within which a thread has to be there. */
const THREAD_START_MS = 10_000
const THREADS_MAX = Math.max(1, availableParallelism() - 1)
const WAITING_MAX = 200
const THREAD_MEMORY_MB = 512

const context = createContext({ run: () => undefined })
const script = new Script('run()')

/** What work came to; null where the time was not enough. */
export type InTime<T> = { value: T } | null

/** Runs `work` for an instant at most. V8 interrupts regular expressions too. */
export function tryBriefly<T>(work: () => T): InTime<T> {
  let answer: InTime<T> = null
  context['run'] = () => {
    answer = { value: work() }
  }
  try {
    script.runInContext(context, { timeout: INSTANT_MS })
  } catch (error) {
    if (!isTimeout(error)) throw error
  } finally {
    context['run'] = () => undefined
  }
  return answer
}

/** By its code: the error may belong to the script's own realm. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  )
}

const lane = { running: 0, waiting: [] as (() => void)[] }

/**
 * Has a thread answer; null when it took longer than `BOUND_MS`.
 * @throws {CapacityError} when too many wait for a thread already
 */
export async function askThread(question: Question): Promise<InTime<string | null>> {
  if (lane.running >= THREADS_MAX) {
    if (lane.waiting.length >= WAITING_MAX)
      throw new CapacityError('too many slow schemas and patterns wait to be checked', { retryAfterMs: 5000 })
    await new Promise<void>((resolve) => lane.waiting.push(resolve))
  } else lane.running += 1
  try {
    return await answerOf(question)
  } finally {
    const next = lane.waiting.shift()
    if (next === undefined) lane.running -= 1
    else next()
  }
}

async function answerOf(question: Question): Promise<InTime<string | null>> {
  const worker = new Worker(new URL('check-thread.ts', import.meta.url), {
    workerData: question,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
  })
  const { promise, resolve } = Promise.withResolvers<InTime<string | null>>()
  let timer = setTimeout(() => resolve(null), THREAD_START_MS)
  worker.on('message', (message: { begun: true } | { answer: string | null }) => {
    if ('answer' in message) resolve({ value: message.answer })
    else {
      clearTimeout(timer)
      timer = setTimeout(() => resolve(null), BOUND_MS)
    }
  })
  worker.on('error', (error: Error) => resolve({ value: error.message }))
  worker.on('exit', () => resolve({ value: 'the check ended without an answer' }))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
