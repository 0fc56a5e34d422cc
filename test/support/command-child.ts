/** Runs the commands that its parent sends, one at a time, and answers what each printed; see `command-process.ts`. */
import { enableCompileCache } from 'node:module'
import type { GivenCommand } from './command-process.ts'

enableCompileCache()
const { runCommand } = await import('../../src/cli/run-command.ts')
const { openTerminal } = await import('../../src/cli/terminal.ts')

const terminal = openTerminal()
const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] }

for (const name of ['stdout', 'stderr'] as const)
  process[name].write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    printed[name].push(Buffer.from(chunk))
    const done = rest.find((argument) => typeof argument === 'function')
    if (done !== undefined) process.nextTick(done)
    return true
  }

/** What was printed since it was last asked. */
function take(name: 'stdout' | 'stderr'): string {
  return Buffer.concat(printed[name].splice(0)).toString('utf8')
}

process.on('message', ({ args, env }: GivenCommand) => {
  process.env = { ...env }
  void runCommand(args, terminal).then((exitCode) =>
    process.send?.({ exitCode, stdout: take('stdout'), stderr: take('stderr') }),
  )
})
