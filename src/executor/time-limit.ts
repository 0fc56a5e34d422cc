/** Time limits for work on a caller's own pattern or schema: first a short try in this thread, then a worker thread. */
// piscina does not fit: it does not say when a task starts, and the time limit must not include the start of a thread.
import { availableParallelism } from 'node:os'
import { createContext, Script } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { CapacityError } from '../errors.ts'
import { programFile } from '../program-file.ts'
import type { CheckTask } from './check-task.ts'

/** ms that one try may block the event loop. */
const TRY_MS = 40
/** ms that a task may take in a worker thread. */
export const WORKER_LIMIT_MS = 2000
/** ms within which a worker thread must start. */
const WORKER_START_MS = 10_000
const WORKERS_MAX = Math.max(1, availableParallelism() - 1)
const WAITING_MAX = 200
const WORKER_MEMORY_MB = 512

const context = createContext({ run: () => undefined })
const script = new Script('run()')

/** The value, or null when the time limit passed first. */
export type WithinLimit<T> = { value: T } | null

/** Runs `work` in this thread for at most 40 ms. V8 also interrupts regular expressions. */
export function tryWithTimeout<T>(work: () => T): WithinLimit<T> {
  let result: WithinLimit<T> = null
  context['run'] = () => {
    result = { value: work() }
  }
  try {
    script.runInContext(context, { timeout: TRY_MS })
  } catch (error) {
    if (!isTimeout(error)) throw error
  } finally {
    context['run'] = () => undefined
  }
  return result
}

/** Checks the code, because the error may belong to the script's own realm. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  )
}

const workers = { running: 0, waiting: [] as (() => void)[] }

/**
 * Runs a task in a worker thread; null when it takes longer than `WORKER_LIMIT_MS`.
 * @throws {CapacityError} when too many tasks already wait for a worker
 */
export async function runInWorker(task: CheckTask): Promise<WithinLimit<string | null>> {
  if (workers.running >= WORKERS_MAX) {
    if (workers.waiting.length >= WAITING_MAX)
      throw new CapacityError('too many slow schemas and patterns wait to be checked', { retryAfterMs: 5000 })
    await new Promise<void>((resolve) => workers.waiting.push(resolve))
  } else workers.running += 1
  try {
    return await resultOf(task)
  } finally {
    const next = workers.waiting.shift()
    if (next === undefined) workers.running -= 1
    else next()
  }
}

async function resultOf(task: CheckTask): Promise<WithinLimit<string | null>> {
  const worker = new Worker(programFile('./check-worker', import.meta.url), {
    workerData: task,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: WORKER_MEMORY_MB },
  })
  const { promise, resolve } = Promise.withResolvers<WithinLimit<string | null>>()
  let timer = setTimeout(() => resolve(null), WORKER_START_MS)
  worker.on('message', (message: { started: true } | { result: string | null }) => {
    if ('result' in message) resolve({ value: message.result })
    else {
      clearTimeout(timer)
      timer = setTimeout(() => resolve(null), WORKER_LIMIT_MS)
    }
  })
  worker.on('error', (error: Error) => resolve({ value: error.message }))
  worker.on('exit', () => resolve({ value: 'the check ended without a result' }))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
