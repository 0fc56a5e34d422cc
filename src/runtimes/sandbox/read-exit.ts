/** From what was observed to what happened: the exit a runtime reports, each limit from evidence only. */
import { isUtf8 } from 'node:buffer'
import { constants } from 'node:os'
import { messageOf } from '../../errors.ts'
import type { Isolation } from '../../execution.ts'
import { endOfString } from '../../json-strings.ts'
import { EMPTY_EXIT, faultExit } from '../exits.ts'
import type { RuntimeExit, RuntimeRequest, UncaughtError } from '../runtime.ts'
import type { RunFacts } from './run-facts.ts'
import { findFault, findLimit } from './evidence.ts'
import { RESULT_MAX_BYTES, type GuestReport } from './wire/guest-report.ts'
import type { SupervisorReport } from './wire/supervisor-report.ts'

/** The first name of each: SIGABRT comes before its alias SIGIOT. */
const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
)
interface GuestError extends UncaughtError {
  /** `code` of a Node error, errno of a Python one. */
  code: string
}

/** How the paths of the sandbox become the user's own. */
export interface SourceNames {
  /** Directory the code ran in, as the interpreter names it. */
  workDir: string
  guestDir: string
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
  const answer = !failed && guest.torn !== null ? refuseResult(CUT_OFF) : readResult(request, guest)
  return {
    ...EMPTY_EXIT,
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
    outFilesDropped: ended?.outFilesDropped ?? null,
  }
}

/** The files of the request did not fit: the disk limit, before the program began. */
function readFault(fault: string, isolation: Isolation): RuntimeExit {
  if (/^cannot write .*No space left on device/su.test(fault))
    return { ...EMPTY_EXIT, isolation, limit: 'disk' }
  return faultExit('runtime_error', fault, isolation)
}

/** JSON that is read in an instant. */
const BRIEF_LENGTH = 65_536

/** bash has no JSON of its own: what it wrote to fd 3 is the result, if it is one. */
function readResult(
  request: RuntimeRequest,
  guest: GuestReport,
): { result: string | null; error: UncaughtError | null } {
  if (guest.tooLarge) return refuseResult(describeExcess(guest))
  if (request.language !== 'bash' || guest.syntax !== null) return { result: guest.result, error: null }
  if (!isUtf8(guest.loose)) return refuseResult('the result is not UTF-8')
  const text = guest.loose.toString('utf8').trim()
  if (text === '') return { result: null, error: null }
  // The executor reads what is longer, where it is not too long.
  if (text.length > BRIEF_LENGTH) return { result: text, error: null }
  const problem = jsonProblem(text)
  if (problem === null) return { result: text, error: null }
  const lines = text.split('\n')
  return refuseResult(
    lines.length > 1 && lines.every((line) => jsonProblem(line) === null)
      ? `there are ${lines.length} results; call result once, with one JSON value`
      : `the result is not JSON: ${problem}; a text needs quotes of its own, as in result '"text"'`,
  )
}

function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return messageOf(error)
  }
}

const CUT_OFF = 'the result was cut off on its way; run it again, or write a file to /out'

function refuseResult(message: string): { result: null; error: UncaughtError } {
  return { result: null, error: { name: 'ResultError', message, stack: null } }
}

function describeExcess({ torn }: GuestReport): string {
  const what = torn === 'error' ? 'the report of an error' : 'the result'
  return `${what} is larger than ${RESULT_MAX_BYTES} bytes; write a file to /out`
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

function readError(text: string | null, names: SourceNames): GuestError | null {
  if (text === null || text === '') return null
  const value = parseObject(text)
  if (value === null) return { ...MALFORMED, stack: null, code: '' }
  const field = (name: string): unknown => (Object.hasOwn(value, name) ? Reflect.get(value, name) : null)
  const stack = field('stack')
  const code = field('code')
  return {
    name: toText(field('name')),
    message: toText(field('message')),
    stack: typeof stack === 'string' ? cleanStack(stack.slice(0, STACK_MAX_LENGTH), names) : null,
    code: typeof code === 'string' ? code : '',
  }
}

const MALFORMED = {
  name: 'ResultError',
  message: 'the program wrote to its result channel what is no report of an error',
}

/** Of each text a guest keeps 256 Ki characters, of six bytes at most as JSON. */
const ERROR_MAX_LENGTH = 8_388_608
/** What such a report has beside its texts: their quotes, braces, commas. */
const BETWEEN_TEXTS_MAX = 256
/** The record keeps less, and cleaning more would hold up other runs. */
const STACK_MAX_LENGTH = 131_072

/** The program may have written this: what is no flat object of a few texts is not read at all. */
function parseObject(text: string): object | null {
  if (text.length > ERROR_MAX_LENGTH || !isFlat(text)) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null // the program wrote it
  }
}

/** True for an object of a few texts: a million lists take longer to read than other runs can wait. */
function isFlat(text: string): boolean {
  let between = 0
  for (let at = 0; at < text.length && between <= BETWEEN_TEXTS_MAX; at += 1) {
    if (text[at] === '"') at = endOfString(text, at)
    between += 1
  }
  return between <= BETWEEN_TEXTS_MAX
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Drops frames of the guest program and of the interpreter's inside; paths become the user's own. */
function cleanStack(stack: string, names: SourceNames): string {
  const guests = [
    'javascript.cjs',
    'javascript-load.cjs',
    'vm2.cjs',
    'vm2-bundle.cjs',
    'python.py',
    'failure.py',
  ].map((name) => `${names.guestDir}/${name}`)
  return stack
    .split('\n')
    .filter(
      (line) =>
        !/^\s+at .*\(?node:(?:internal|diagnostics_channel)/.test(line) &&
        !guests.some((name) => line.includes(name)),
    )
    .join('\n')
    .replaceAll(`file://${names.workDir}/`, '')
    .replaceAll(`${names.workDir}/`, '')
}
