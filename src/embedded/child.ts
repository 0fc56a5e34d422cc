/** One start of a part: a child in a session of its own that dies with this process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import type { ProcessSpec } from './process.ts'

/** util-linux; starts the command in its own place, with SIGKILL as the signal of its parent's death. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv']

export interface Child {
  readonly pid: number | undefined
  /** Why it ended, in words; settles once. */
  readonly ended: Promise<string>
  signal(name: 'SIGTERM' | 'SIGKILL'): void
}

/**
 * Starts the command of `spec` with its output appended to `fd`. Its own session keeps Ctrl-C from reaching
 * it before the supervisor; stdin is a pipe that closes when this process ends.
 */
export async function startChild(spec: ProcessSpec, fd: number): Promise<Child> {
  const setpriv = await findSetpriv()
  const command = setpriv ?? spec.command
  const args = setpriv === null ? spec.args : ['--pdeathsig', 'KILL', '--', spec.command, ...spec.args]
  const child = spawn(command, args, {
    env: spec.env,
    stdio: ['pipe', fd, fd],
    detached: true,
  })
  // A part that closes its stdin early is no fault.
  child.stdin?.on('error', () => undefined)
  return { pid: child.pid, ended: endOf(child), signal: (name) => void child.kill(name) }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exited with code ${code}` : `was ended by ${signal}`),
    )
  })
}

let found: Promise<string | null> | undefined

function findSetpriv(): Promise<string | null> {
  found ??= firstExecutable(process.platform === 'linux' ? SETPRIV : [])
  return found
}

async function firstExecutable(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (usable) return path
  }
  return null
}
