/** What a check at publishing found. */

export const CHECKS = [
  'syntax',
  'policy',
  'secrets',
  'schemas',
  'runtimes',
  'examples',
  'completeness',
] as const
export type CheckName = (typeof CHECKS)[number]

/** An error keeps a version from being published; a warning is shown with it. */
export const SEVERITIES = ['error', 'warning'] as const
export type Severity = (typeof SEVERITIES)[number]

/** One finding: what, where, and what to do. */
export interface Finding {
  check: CheckName
  severity: Severity
  /** Dotted path in the definition, such as `code` or `examples.0`; '' for the whole. */
  path: string
  /** Line of the text there, from 1; null where there is none. */
  line: number | null
  message: string
  hint: string
}

export const FINDINGS_MAX = 100
const MESSAGE_MAX = 500

/** A finding whose text, which may be the code's own, is cut to 500 characters. */
export function finding(part: Omit<Finding, 'line'> & { line?: number | null }): Finding {
  const { message } = part
  const cut = message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX - 1)}…` : message
  return { ...part, line: part.line ?? null, message: cut.toWellFormed() }
}
