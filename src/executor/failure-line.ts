/** Describes a failed bash program by the last line it printed as an error, so that equal failures group. */
import type { Language } from '../execution.ts'
import { cutHead } from '../telemetry/safe-values.ts'
import type { OutcomeDetail } from './outcome.ts'
import { cutMark } from './output-capture.ts'

/** Outcomes that say little by themselves. */
const DESCRIBED: ReadonlySet<OutcomeDetail['errorType']> = new Set(['exit_code', 'syntax_error'])

/** What is read of stderr's end, and what is kept of the line. */
const SCAN_MAX_LENGTH = 16_384
const LINE_MAX_BYTES = 1000

/** Sequences of a terminal and control characters. Linear: no part of a sequence reads past the next escape. */
// oxlint-disable-next-line no-control-regex -- they are what is removed
const CONTROLS = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)?|[^\P{Cc}\n\r\t]/gu
/** Of `set -x`; it says what ran, not what failed. */
const TRACE = /^\++ /u
/** bash prints the message of a syntax error and then the line of the code. */
const QUOTED_CODE = /^\S+: line \d+: `.*'$/u
const SYNTAX_ERROR = /: line \d+: syntax error/u

export interface FailedRun {
  language: Language
  /** Only asked for when bash failed. */
  stderr: () => string
  /** Masks secrets. */
  redact: (text: string) => string
}

/** `exited with code 127` → `exited with code 127: main.sh: line 1: jq: command not found`; secrets are masked. */
export function addFailureLine(
  detail: OutcomeDetail,
  { language, stderr, redact }: FailedRun,
): OutcomeDetail {
  if (language !== 'bash' || !DESCRIBED.has(detail.errorType)) return detail
  const line = failureLine(stderr(), redact)
  return line === '' ? detail : { ...detail, errorMessage: `${detail.errorMessage ?? ''}: ${line}` }
}

/** '' where nothing was printed. */
function failureLine(stderr: string, redact: (text: string) => string): string {
  const from = Math.max(0, stderr.length - SCAN_MAX_LENGTH)
  // Masked before it is cut, and with the mark of a cut, so that no part of a secret is left at either end.
  const end = redact(from === 0 ? stderr : `${cutMark(from)}${stderr.slice(from)}`)
  const lines = end
    .replaceAll(CONTROLS, '')
    .split(/[\n\r]+/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !TRACE.test(line))
  const [last = '', previous = ''] = lines.slice(-2).toReversed()
  const line = QUOTED_CODE.test(last) && SYNTAX_ERROR.test(previous) ? previous : last
  return cutHead(line, LINE_MAX_BYTES)
}
