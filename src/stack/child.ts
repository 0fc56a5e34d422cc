/** A child process in its own session that ends with this process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import which from 'which'
import type { ProcessSpec } from './process.ts'

/** From util-linux; executes the command with SIGKILL as its parent-death signal. */
const SETPRIV = { path: '/usr/bin:/bin', nothrow: true } as const

export interface Child {
  readonly pid: number | undefined
  /** Resolves to the reason of its exit. */
  readonly ended: Promise<string>
  /** Asks it to stop. */
  stop(): void
  /** Sends SIGKILL to it and its descendants. */
  kill(): void
}

/**
 * Starts the command of `spec` and appends its output to `fd`. It has its own session so that Ctrl-C reaches only the
 * supervisor. Its stdin is a pipe that closes when this process ends.
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
    ...spec.owner,
  })
  // A child may close its stdin early.
  child.stdin?.on('error', () => undefined)
  if (spec.firstStdinLine !== undefined) child.stdin?.write(`${spec.firstStdinLine}\n`)
  const stopByStdin = (): void => void child.stdin?.end()
  return {
    pid: child.pid,
    ended: Promise.all([exitOf(child), lifetimePipeClosed(child, 3 + inherits.length)]).then(
      ([reason]) => reason,
    ),
    stop: spec.stopsBy === 'stdin' ? stopByStdin : () => void child.kill(spec.stopSignal ?? 'SIGTERM'),
    kill: () => killGroup(child),
  }
}

/** Resolves when every process in the sandbox has closed the pipe; they may outlive the sandbox's own process briefly. */
async function lifetimePipeClosed(child: ChildProcess, index: number): Promise<void> {
  const pipe = child.stdio[index]
  if (pipe === undefined || pipe === null || !('resume' in pipe)) return
  pipe.on('error', () => undefined).resume()
  await once(pipe, 'close')
}

/** Kills the process group, because a sandbox killed in its first milliseconds would leave its child behind. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL') // the group does not exist yet, or has exited
  }
}

function exitOf(child: ChildProcess): Promise<string> {
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
