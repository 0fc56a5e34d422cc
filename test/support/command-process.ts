/** One process for many commands of the command line: it loads once what each of their own processes would load. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { CommandResult } from './command-line.ts'

const CHILD = join(import.meta.dirname, 'command-child.ts')
const ROOT = join(import.meta.dirname, '../..')

export interface GivenCommand {
  args: readonly string[]
  env: Record<string, string>
}

export interface CommandProcess extends AsyncDisposable {
  /** Runs `exectrail …args` in this environment after those before it. Rejects where the process ends. */
  run(args: readonly string[], env: Record<string, string>): Promise<CommandResult>
}

/** Starts with the first command. Not for commands that run code, read stdin or wait for a signal. */
export function openCommandProcess(): CommandProcess {
  let child: ChildProcess | null = null
  let last: Promise<unknown> = Promise.resolve()
  const ask = async (given: GivenCommand): Promise<CommandResult> => {
    child ??= start()
    const over = new AbortController()
    const { signal } = over
    const answered = once(child, 'message', { signal }).then(([result]) => result as CommandResult)
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`the process of ${given.args.join(' ')} ended with ${code}`)
    })
    child.send(given)
    const race = [answered, ended]
    for (const one of race) one.catch(() => undefined)
    return Promise.race(race).finally(() => over.abort())
  }
  return {
    run(args, env) {
      const result = last.then(() => ask({ args, env }))
      last = result.catch(() => undefined)
      return result
    },
    async [Symbol.asyncDispose]() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

function start(): ChildProcess {
  const child = fork(CHILD, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
    // As bin/exectrail.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return child
}
