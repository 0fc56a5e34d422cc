/** Prints errors: what is wrong, why, and what to do. */
import { isExectrailError } from '../errors.ts'
import type { Terminal } from './terminal.ts'
import { escapeControls } from './escape-controls.ts'

/** Exit code of an internal error. */
const UNEXPECTED = 125

/** Prints an error on stderr and returns its exit code. */
export function reportError(error: unknown, terminal: Terminal): number {
  const red = (text: string): string => terminal.paint('red', text, 'stderr')
  if (!isExectrailError(error)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    terminal.say(`${red('error:')} something in exectrail failed unexpectedly`)
    terminal.say(escapeControls(message))
    return UNEXPECTED
  }
  if (error.issues.length > 0) {
    terminal.say(`${red('error:')} ${error.title}`)
    for (const issue of error.issues) {
      terminal.say(
        `  ${escapeControls(issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`)}`,
      )
    }
  } else {
    terminal.say(`${red('error:')} ${escapeControls(error.message)}`)
  }
  if (error.hint !== undefined)
    terminal.say(`${terminal.paint('bold', 'fix:', 'stderr')} ${escapeControls(error.hint)}`)
  return error.exitCode
}
