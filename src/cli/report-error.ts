/** Says what went wrong, why, and what to do; gives the exit code. */
import { isExectrailError } from '../errors.ts'
import type { Terminal } from './terminal.ts'
import { visible } from './visible.ts'

/** Exit code of a fault of ours. */
const UNEXPECTED = 125

/** Prints an error on stderr and returns the exit code it stands for. */
export function reportError(error: unknown, terminal: Terminal): number {
  const red = (text: string): string => terminal.paint('red', text, 'talk')
  if (!isExectrailError(error)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    terminal.say(`${red('error:')} something in exectrail failed unexpectedly`)
    terminal.say(visible(message))
    return UNEXPECTED
  }
  if (error.issues.length > 0) {
    terminal.say(`${red('error:')} ${error.title}`)
    for (const issue of error.issues) {
      terminal.say(`  ${visible(issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`)}`)
    }
  } else {
    terminal.say(`${red('error:')} ${visible(error.message)}`)
  }
  if (error.hint !== undefined)
    terminal.say(`${terminal.paint('bold', 'fix:', 'talk')} ${visible(error.hint)}`)
  return error.exitCode
}
