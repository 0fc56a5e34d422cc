/** Runs the command of this process. Loads only commander; each command loads the rest. */
import { CommanderError } from 'commander'
import { createProgram } from './program.ts'
import { reportError } from './report-error.ts'
import { openTerminal } from './terminal.ts'

const BAD_USAGE = 2

const terminal = openTerminal()
const program = createProgram(terminal, (code) => {
  process.exitCode = code
})
try {
  await program.parseAsync()
} catch (error) {
  // Commander has already printed the error; help and version exit with 0.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : BAD_USAGE
  else process.exitCode = reportError(error, terminal)
}
