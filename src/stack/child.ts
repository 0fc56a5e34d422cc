/** One start of a part: a child in a session of its own that dies with this process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import which from 'which'
import type { ProcessSpec } from './process.ts'

/** util-linux; starts the command in its own place, with SIGKILL as the signal of its parent's death. */
const SETPRIV = { path: '/usr/bin:/bin', nothrow: true } as const

export interface Child {
  readonly pid: number | undefined
  /** Why it ended, in words; settles once. */
  readonly ended: Promise<string>
  /** Asks it to end in its own time. */
  stop(): void
  /** SIGKILL to it and to what it started. */
  kill(): void
}

/**
 * Starts the command of `spec` with its output appended to `fd`. Its own session keeps Ctrl-C from reaching
 * it before the supervisor; stdin is a pipe that closes when this process ends.
 */
export async function startChild(spec: ProcessSpec, fd: number): Promise<Child> {
  const setpriv = await findSetpriv()
  const command = setpriv ?? spec.command
  const args = setpriv === null ? spec.args : ['--pdeathsig', 'KILL', '--', spec.command, ...spec.args]
  const inherits = spec.inherits?.() ?? []
  const child = spawn(command, args, {
    env: spec.env,
    stdio: ['pipe', fd, fd, ...inherits, ...(spec.stopsBy === 'stdin' ? (['pipe'] as const) : [])],
    detached: true,
  })
  // A part that closes its stdin early is no fault.
  child.stdin?.on('error', () => undefined)
  if (spec.greeting !== undefined) child.stdin?.write(`${spec.greeting}\n`)
  const stopByStdin = (): void => void child.stdin?.end()
  return {
    pid: child.pid,
    ended: Promise.all([endOf(child), endOfTie(child, 3 + inherits.length)]).then(([reason]) => reason),
    stop: spec.stopsBy === 'stdin' ? stopByStdin : () => void child.kill('SIGTERM'),
    kill: () => killGroup(child),
  }
}

/** The last holder of the tie is gone: what a sandbox holds may outlive the sandbox's own process for a moment. */
async function endOfTie(child: ChildProcess, index: number): Promise<void> {
  const tie = child.stdio[index]
  if (tie === undefined || tie === null || !('resume' in tie)) return
  tie.on('error', () => undefined).resume()
  await once(tie, 'close')
}

/** A sandbox killed in its first milliseconds would leave its child behind; the group is its session's own. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL') // the group is not made yet, or all of it is gone
  }
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
  found ??= process.platform === 'linux' ? which('setpriv', SETPRIV) : Promise.resolve(null)
  return found
}
