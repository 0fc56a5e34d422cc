/** Runs the command of this process. */
import { runCommand } from './run-command.ts'
import { openTerminal } from './terminal.ts'

process.exitCode = await runCommand(process.argv.slice(2), openTerminal())
