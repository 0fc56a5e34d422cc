/** From what was observed to what happened: the exit a runtime reports, each limit from evidence only. */
import { isUtf8 } from 'node:buffer'
import { constants, totalmem } from 'node:os'
import type { Isolation, Limit } from '../../execution.ts'
import type { RuntimeExit, RuntimeRequest, UncaughtError } from '../runtime.ts'
import type { RunFacts } from './confined-run.ts'
import { RESULT_MAX_BYTES, type GuestReport } from './frames.ts'
import type { SupervisorReport } from './supervisor-report.ts'

/** The first name of each: SIGABRT comes before its alias SIGIOT. */
const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
)
/** How V8 dies when the heap is full: abort, trap, illegal instruction. */
const V8_DEATHS = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL'])
/** Where V8 gives up by itself, about: a quarter of the memory it sees, at most 4 GiB. */
const V8_HEAP_BYTES = Math.min(totalmem() / 4, 4_294_967_296)

/** Node's refusals of memory, by code or by message where they have none. */
const NODE_MEMORY_ERRORS = new Set([
  'ERR_MEMORY_ALLOCATION_FAILED',
  'ERR_WORKER_OUT_OF_MEMORY',
  'Array buffer allocation failed',
])

const EFBIG = String(constants.errno.EFBIG)

interface GuestError extends UncaughtError {
  /** `code` of a Node error, errno of a Python one. */
  code: string
  /** Python: the program raised it itself, so it proves nothing. */
  raised: boolean
}

/** How the paths of the sandbox become the user's own. */
export interface SourceNames {
  /** Directory the code ran in, as the interpreter names it. */
  workDir: string
  guestDir: string
}

const NOTHING: RuntimeExit = {
  exitCode: null,
  signal: null,
  result: null,
  syntaxError: false,
  uncaught: null,
  limit: null,
  fault: null,
  isolation: 'none',
  durationMs: null,
  queueMs: null,
  cpuMs: null,
  memoryPeakBytes: null,
  memorySource: null,
  sandboxId: null,
  sandboxAgeMs: null,
  files: [],
}

/** An exit for a run that never came to be. */
export function faultExit(
  kind: 'runtime_unavailable' | 'runtime_error',
  message: string,
  isolation: Isolation,
): RuntimeExit {
  return { ...NOTHING, isolation, fault: { kind, message } }
}

/** An exit for code the language refused before a sandbox was spent. */
export function syntaxExit(error: UncaughtError, isolation: Isolation): RuntimeExit {
  return { ...NOTHING, isolation, exitCode: 1, syntaxError: true, uncaught: error, durationMs: 0 }
}

/** Reads a run's facts. */
export function readExit(
  facts: RunFacts,
  request: RuntimeRequest,
  isolation: Isolation,
  names: SourceNames,
): RuntimeExit {
  const { supervisor, guest } = facts
  const usage = readUsage(facts)
  const fault = findFault(facts)
  if (fault !== null) return { ...readFault(fault, isolation), ...usage }
  const ended = typeof supervisor === 'object' ? supervisor : null
  const signal = ended === null ? 'SIGKILL' : nameSignal(ended)
  const failed = signal !== null || ended?.exitCode !== 0
  const error = failed ? readError(guest.error ?? guest.syntax, names) : null
  const limit = findLimit(facts, { request, ended, signal, error, failed })
  const answer = !failed && guest.torn ? refuseResult(CUT_OFF) : readResult(request, guest)
  return {
    ...NOTHING,
    ...usage,
    exitCode: signal === null ? (ended?.exitCode ?? null) : null,
    signal,
    result: limit === null ? answer.result : null,
    syntaxError: guest.syntax !== null,
    uncaught:
      error === null ? answer.error : { name: error.name, message: error.message, stack: error.stack },
    limit,
    isolation,
    durationMs: facts.durationMs,
    files: ended?.files ?? [],
  }
}

/** The files of the request did not fit: the disk limit, before the program began. */
function readFault(fault: string, isolation: Isolation): RuntimeExit {
  if (/^cannot write .*No space left on device/su.test(fault)) return { ...NOTHING, isolation, limit: 'disk' }
  return faultExit('runtime_error', fault, isolation)
}

/** bash has no JSON of its own: what it wrote to fd 3 is the result, if it is one. */
function readResult(
  request: RuntimeRequest,
  guest: GuestReport,
): { result: string | null; error: UncaughtError | null } {
  if (guest.tooLarge)
    return refuseResult(`the result is larger than ${RESULT_MAX_BYTES} bytes; write a file to /out`)
  if (request.language !== 'bash' || guest.syntax !== null) return { result: guest.result, error: null }
  if (!isUtf8(guest.loose)) return refuseResult('the result is not UTF-8')
  const text = guest.loose.toString('utf8').trim()
  if (text === '') return { result: null, error: null }
  try {
    JSON.parse(text)
    return { result: text, error: null }
  } catch (error) {
    return refuseResult(`the result is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const CUT_OFF = 'the result was cut off on its way; run it again, or write a file to /out'

function refuseResult(message: string): { result: null; error: UncaughtError } {
  return { result: null, error: { name: 'ResultError', message, stack: null } }
}

function nameSignal(ended: SupervisorReport): string | null {
  if (ended.signal === 0) return null
  return SIGNAL_NAMES.get(ended.signal) ?? `signal ${ended.signal}`
}

function readUsage(facts: RunFacts): Pick<RuntimeExit, 'cpuMs' | 'memoryPeakBytes' | 'memorySource'> {
  const { supervisor, slot } = facts
  const ended = typeof supervisor === 'object' ? supervisor : null
  const tree = slot !== null && slot.peakBytes > 0
  return {
    cpuMs: ended?.cpuMs ?? (tree ? slot.cpuUs / 1000 : null),
    memoryPeakBytes: tree
      ? slot.peakBytes
      : ended === null
        ? null
        : Math.max(ended.maxRssBytes, ended.watchedPeakBytes),
    memorySource: tree ? 'cgroup' : ended === null ? null : 'rusage',
  }
}

const LOST = {
  launcher: 'the process that starts the sandboxes died while the program ran, and the program was ended',
  slot: 'the process that keeps the sandbox died while the program ran, and the program was ended',
  sandbox: 'the sandbox was killed from outside while the program ran',
} as const

/** The supervisor, which no program reaches, did not get to report, and none of the limits can be why. */
function wasKilled({ supervisor, guest, slot, broke }: RunFacts): boolean {
  return supervisor === null && broke === null && !guest.tooLarge && slot?.oomKills === 0
}

function findFault(facts: RunFacts): string | null {
  const { supervisor, guest, slot } = facts
  if (typeof supervisor === 'string') return supervisor
  if (slot === null) return LOST.slot
  if (facts.forsaken && supervisor?.killed !== false) return LOST.launcher
  if (guest.syntax !== null || facts.aborted) return null
  if (guest.running) return wasKilled(facts) ? LOST.sandbox : null
  if (supervisor?.killed === true || facts.broke !== null || slot.oomKills > 0) return null
  const words = facts.setupNoise === '' ? `status ${slot.status}` : facts.setupNoise
  return supervisor === null
    ? `the sandbox did not start: ${words}`
    : `the interpreter did not start: ${words}`
}

interface Ending {
  request: RuntimeRequest
  ended: SupervisorReport | null
  signal: string | null
  error: GuestError | null
  failed: boolean
}

function findLimit(facts: RunFacts, ending: Ending): Limit | null {
  const { slot, broke } = facts
  const seen = broke ?? ending.ended?.broke ?? null
  if (seen !== null) return seen
  if (slot !== null && slot.oomKills > 0) return 'memory'
  if (!ending.failed) return null
  if (slot !== null && slot.pidsRefused > 0) return 'pids'
  if (ranOutOfMemory(facts, ending)) return 'memory'
  const { cpuMs } = ending.request.limits
  if (ending.signal === 'SIGXCPU' || (cpuMs !== null && (ending.ended?.cpuMs ?? 0) >= cpuMs)) return 'cpu'
  if (ending.signal === 'SIGXFSZ' || ending.ended?.diskFull === true) return 'disk'
  // Python ignores SIGXFSZ and is refused instead.
  if (ending.error?.code === EFBIG && !ending.error.raised) return 'disk'
  return null
}

/** Without a kill by the kernel: the interpreter was refused memory, or V8 gave up near the limit. */
function ranOutOfMemory(facts: RunFacts, { request, ended, signal, error }: Ending): boolean {
  if (error?.name === 'MemoryError' && !error.raised) return true
  const peak = Math.max(facts.slot?.peakBytes ?? 0, ended?.maxRssBytes ?? 0)
  if (peak < Math.min(request.limits.memoryBytes ?? Infinity, V8_HEAP_BYTES) / 2) return false
  if (signal !== null && V8_DEATHS.has(signal)) return true
  return NODE_MEMORY_ERRORS.has(error?.code ?? '') || NODE_MEMORY_ERRORS.has(error?.message ?? '')
}

function readError(text: string | null, names: SourceNames): GuestError | null {
  if (text === null || text === '') return null
  const value: unknown = JSON.parse(text)
  const field = (name: string): unknown =>
    typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : null
  const stack = field('stack')
  const code = field('code')
  return {
    name: toText(field('name')),
    message: toText(field('message')),
    stack: typeof stack === 'string' ? cleanStack(stack, names) : null,
    code: typeof code === 'string' ? code : '',
    raised: field('raised') === true,
  }
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Drops frames of the guest program and of the interpreter's inside; paths become the user's own. */
function cleanStack(stack: string, names: SourceNames): string {
  const guests = ['javascript.cjs', 'vm2.cjs', 'vm2-bundle.cjs', 'python.py', 'write_trace.py'].map(
    (name) => `${names.guestDir}/${name}`,
  )
  return stack
    .split('\n')
    .filter((line) => !/^\s+at .*\(?node:internal/.test(line) && !guests.some((name) => line.includes(name)))
    .join('\n')
    .replaceAll(`file://${names.workDir}/`, '')
    .replaceAll(`${names.workDir}/`, '')
}
