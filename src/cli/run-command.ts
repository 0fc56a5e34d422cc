/** Runs one command. Loads only commander; each command loads the rest. */
import { CommanderError } from 'commander'
import { createProgram } from './program.ts'
import { reportError } from './report-error.ts'
import type { Terminal } from './terminal.ts'

const BAD_USAGE = 2

/** Runs the command of these arguments, without the program's name. @returns its exit code; never rejects */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const program = createProgram(terminal, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has already printed the error; help and version exit with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE
    return reportError(error, terminal)
  }
}
