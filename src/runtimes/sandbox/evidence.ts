/**
 * Whose fault an ending is and which limit it broke: by the supervisor, the kernel and the clock. What a program
 * says of itself counts for nothing here, unless what was measured bears it out.
 */
import { totalmem } from 'node:os'
import type { Language, Limit } from '../../execution.ts'
import type { RuntimeRequest } from '../runtime.ts'
import type { RunFacts } from './run-facts.ts'
import type { SupervisorReport } from './wire/supervisor-report.ts'

/** How V8 dies when the heap is full: abort, trap, illegal instruction. */
const V8_LANGUAGES: ReadonlySet<Language> = new Set(['javascript', 'typescript'])
const V8_DEATHS = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL'])
/** Where V8 gives up by itself, about: a quarter of the memory it sees, at most 4 GiB. */
const V8_HEAP_BYTES = Math.min(totalmem() / 4, 4_294_967_296)
/**
 * From this share of a limit on, a program may be believed that it was refused memory, and V8 that it gave up: early
 * at a limit of its own or of the process. At one of a control group it does not, for there the kernel ends it.
 */
const NEAR = { claimed: 0.9, aborted: 0.5 }

/** Refusals of memory as interpreters report them, by name, by code or by message. */
const MEMORY_ERRORS = new Set([
  'MemoryError',
  'ERR_MEMORY_ALLOCATION_FAILED',
  'ERR_WORKER_OUT_OF_MEMORY',
  'Array buffer allocation failed',
])

/** What was seen of an ending. */
export interface TerminationFacts {
  request: RuntimeRequest
  ended: SupervisorReport | null
  signal: string | null
  /** What the program says ended it. */
  error: { name: string; message: string; code: string } | null
  failed: boolean
}

const LOST = {
  launcher: 'the process that starts the sandboxes died while the program ran, and the program was ended',
  slot: 'the process that keeps the sandbox died while the program ran, and the program was ended',
  sandbox: 'the sandbox was killed from outside while the program ran',
} as const

/** Our own trouble, in words; null where the ending is the program's or its limits'. */
export function findFault(facts: RunFacts): string | null {
  const { supervisor, guest, slot } = facts
  if (typeof supervisor === 'string') return supervisor
  if (slot === null) return LOST.slot
  if (facts.launcherLost && supervisor?.killed !== false) return LOST.launcher
  if (facts.aborted) return null
  // The interpreter was up and took the code: whatever it died of, the code is why.
  if (guest.greeted) return wasKilled(facts) ? LOST.sandbox : null
  if (facts.broke !== null || slot.oomKills > 0) return null
  if (supervisor?.killed === true)
    return supervisor.broke === null ? 'the interpreter did not start in time' : null
  const words = facts.setupStderr === '' ? `status ${slot.status}` : facts.setupStderr
  return supervisor === null
    ? `the sandbox did not start: ${words}`
    : `the interpreter did not start: ${words}`
}

/** The supervisor, which no program reaches, did not get to report, and none of the limits can be why. */
function wasKilled({ supervisor, guest, slot, broke }: RunFacts): boolean {
  return supervisor === null && broke === null && !guest.tooLarge && slot?.oomKills === 0
}

/** The limit that was seen broken, if any. */
export function findLimit(facts: RunFacts, ending: TerminationFacts): Limit | null {
  const { slot, broke } = facts
  const seen = broke ?? ending.ended?.broke ?? null
  if (seen !== null) return seen
  if (slot !== null && slot.oomKills > 0) return 'memory'
  if (!ending.failed) return null
  if (slot !== null && slot.pidsRefused > 0) return 'pids'
  if (ranOutOfMemory(facts, ending)) return 'memory'
  const { cpuMs } = ending.request.limits
  if (cpuMs !== null && cpuOf(facts, ending) >= cpuMs) return 'cpu'
  return ending.ended?.diskFull === true ? 'disk' : null
}

/** Without a kill by the kernel: the interpreter was refused memory, or V8 gave up, near the limit. */
function ranOutOfMemory(facts: RunFacts, { request, ended, signal, error }: TerminationFacts): boolean {
  const { memoryBytes } = request.limits
  const peak = Math.max(facts.slot?.peakBytes ?? 0, ended?.maxRssBytes ?? 0, ended?.watchedPeakBytes ?? 0)
  const bound = Math.min(memoryBytes ?? Infinity, V8_HEAP_BYTES)
  if (signal !== null) {
    const isGroups = (facts.slot?.peakBytes ?? 0) > 0 && bound < V8_HEAP_BYTES
    const near = isGroups ? NEAR.claimed : NEAR.aborted
    return V8_LANGUAGES.has(request.language) && V8_DEATHS.has(signal) && peak >= near * bound
  }
  if (peak < NEAR.claimed * bound) return false
  return error !== null && [error.name, error.code, error.message].some((word) => MEMORY_ERRORS.has(word))
}

function cpuOf({ slot }: RunFacts, { ended }: TerminationFacts): number {
  return Math.max((slot?.cpuUs ?? 0) / 1000, ended?.cpuMs ?? 0)
}
