/** What the checks at publishing found, as the version keeps it. */
import type { VersionView } from '../../../client/index.ts'

export interface CheckFinding {
  check: string
  severity: string
  path: string
  line: number | null
  message: string
  hint: string
}

export interface VersionChecks {
  findings: readonly CheckFinding[]
  /** Without findings that are errors, and with examples that ran. */
  isPassed: boolean
  examples: number
}

/** What ran the examples of a version that comes with exectrail, of which nothing is checked where it is published. */
export function testedWith({ checks }: VersionView): string | null {
  const { testedWith: tests } = checks
  return typeof tests === 'string' ? tests : null
}

/** Null for a version that was published without checks. */
export function checksOf({ checks, definition }: VersionView): VersionChecks | null {
  const { findings } = checks
  if (!Array.isArray(findings)) return null
  const read = findings.map((one) => readFinding(one))
  const examples = definition.examples.length
  const notRun = read.some(({ check }) => check === 'runtimes')
  return {
    findings: read,
    isPassed: examples > 0 && !notRun && read.every(({ severity }) => severity !== 'error'),
    examples,
  }
}

function readFinding(value: unknown): CheckFinding {
  const members: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {}
  const text = (name: string): string => {
    const member = members[name]
    return typeof member === 'string' ? member : ''
  }
  const { line } = members
  return {
    check: text('check'),
    severity: text('severity'),
    path: text('path'),
    line: typeof line === 'number' ? line : null,
    message: text('message'),
    hint: text('hint'),
  }
}
