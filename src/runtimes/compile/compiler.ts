/** Compiles users' code in processes of their own: code that hurts the compiler hurts one run. */
import { availableParallelism } from 'node:os'
import { processorUse } from '../processor-use.ts'
import type { UncaughtError } from '../runtime.ts'
import type { CodeFacts, CompileJob } from './compile-job.ts'
import { CompilerProcess, type Answer, type Death } from './compiler-process.ts'
import { CompilerPool } from './compiler-pool.ts'
import { toSyntaxError } from './lower.ts'
import { keepCompiled, keyOf, recallCompiled } from './compiled-code.ts'
import { boundTime, COMPILE_MIN_MS } from './time-bound.ts'

/** The code for the interpreter, or why there is none. */
export type Outcome =
  | ({ code: string } & CodeFacts)
  | { error: UncaughtError }
  | { limit: 'time' | 'memory'; message: string }
  | { fault: string }
  | { cancelled: true }

/** Whose code it is and how long it may take. */
export interface CompileBounds {
  organizationId: string
  timeoutMs: number
  signal: AbortSignal
  /** ms it took once a compiler was at it, without those it may always take. */
  onCompiled?: ((ms: number) => void) | undefined
}

/** ms of processor time that it takes to start another compiler where one died. */
const START_MS = 200
const ATTEMPTS = 2

const pool = new CompilerPool(Math.max(4, Math.min(8, availableParallelism())), () => new CompilerProcess())

/** Compiles `code`, or finds it compiled. Resolves whatever the code does to the compiler. */
export async function compile(job: CompileJob, code: string, bounds: CompileBounds): Promise<Outcome> {
  const key = keyOf(bounds.organizationId, job, code)
  const known = recallCompiled(key)
  if (known !== undefined) return known
  const done = await compileAnew(job, code, bounds)
  if ('code' in done) keepCompiled(key, job, done)
  return done
}

async function compileAnew(job: CompileJob, code: string, bounds: CompileBounds): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    const { organizationId } = bounds
    const weight = processorUse.weigh(organizationId)
    const lease = await pool.acquire({ organizationId, weight }, bounds.signal)
    if (lease === null) return { cancelled: true }
    if (weight === 'heavy') lease.process.yieldCpu()
    const done = await compileOn(lease.process, job, code, bounds)
    lease.release()
    if (done !== 'again') return done
    if (attempt === ATTEMPTS) return { fault: 'the compiler was killed twice from outside' }
  }
}

/** Ends the idle processes; the next code starts another. */
export function stopCompilers(): Promise<void> {
  return pool.stop()
}

async function compileOn(
  process: CompilerProcess,
  job: CompileJob,
  code: string,
  { organizationId, timeoutMs, signal, onCompiled }: CompileBounds,
): Promise<Outcome | 'again'> {
  let ended: Outcome | null = null
  const end = (why: Outcome): void => {
    ended ??= why
    void process.kill()
  }
  const cancel = (): void => end({ cancelled: true })
  const compiling = { timeoutMs, processorMs: () => process.processorMs() }
  const stopWatching = boundTime(compiling, (message) => end({ limit: 'time', message }))
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  processorUse.begin(organizationId)
  const since = performance.now()
  const answer = await process.ask(job, code)
  stopWatching()
  signal.removeEventListener('abort', cancel)
  const tookMs = performance.now() - since
  const ofStart = 'death' in answer ? START_MS : 0
  processorUse.end(organizationId, { cpuMs: tookMs + ofStart, timeMs: tookMs + ofStart })
  onCompiled?.(Math.max(0, tookMs - COMPILE_MIN_MS))
  if (!('death' in answer)) return readAnswer(answer)
  return ended ?? readDeath(answer.death)
}

function readAnswer({ value, text }: Exclude<Answer, { death: Death }>): Outcome {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own process gives nothing else
  const head = value as { error: UncaughtError } | CodeFacts
  return 'error' in head ? head : { ...head, code: text }
}

/** Go grows its stacks on the heap, so one too deep is out of memory while it is copied. */
const STACK_WORDS = /stack exceeds|newstack|copystack|stack overflow/u
const MEMORY_WORDS = /memory allocation of|out of memory|cannot allocate memory|heap limit/iu

/** What ended the compiler: the kernel's signal means the stack, its stderr names memory. */
function readDeath({ code, signal, words }: Death): Outcome | 'again' {
  if (signal === 'SIGSEGV' || signal === 'SIGBUS' || STACK_WORDS.test(words))
    return { error: refuse('the code is nested too deeply to be compiled') }
  if (MEMORY_WORDS.test(words))
    return { limit: 'memory', message: 'compiling the code takes too much memory' }
  if (signal === 'SIGKILL') return 'again'
  if (signal === null && code === null) return { fault: `the compiler cannot be started: ${words}` }
  return { error: refuse('the compiler cannot read this code') }
}

function refuse(message: string): UncaughtError {
  return toSyntaxError(message, null, 'main.ts:1:1')
}
