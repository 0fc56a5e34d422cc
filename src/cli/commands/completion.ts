/** `exectrail completion`: a shell's script, from the commands as they are. */
import type { Command } from 'commander'
import { describeCommands } from '../completion/describe.ts'
import { completionScript, type Shell } from '../completion/scripts.ts'
import type { Terminal } from '../terminal.ts'

export async function completion(shell: Shell, program: Command, terminal: Terminal): Promise<number> {
  await terminal.data(completionScript(shell, describeCommands(program)).trimEnd())
  return 0
}
