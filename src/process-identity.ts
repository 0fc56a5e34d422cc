/** Which process it is, so that a pid used again, a reboot or another container is never taken for the same one. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'

export const processIdentity = z.object({
  /** Changes at every boot; '' where the host does not provide it. */
  bootId: z.string(),
  /** The pid is valid only in this namespace; '' where there are none. */
  pidNamespace: z.string(),
  pid: z.number().int().positive(),
  /** In the system's own words: clock ticks after boot, or a date. A reused pid has another. */
  startTime: z.string(),
})

export type ProcessIdentity = z.infer<typeof processIdentity>

/** The identity of a living process; null when there is none with this pid (a zombie is none). */
export function identify(pid: number): ProcessIdentity | null {
  const startTime = startTimeOf(pid)
  return startTime === null ? null : { ...ownSystem(), pid, startTime }
}

/** For a process of this host: true while this very process lives. One of another boot or container does not. */
export function isAlive(identity: ProcessIdentity): boolean {
  return isOfOwnSystem(identity) && startTimeOf(identity.pid) === identity.startTime
}

/** For a process that may be of another host that shares the disk: 'unknown' where only its heartbeat can be seen. */
export function livenessOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.bootId === '' || !isOfOwnSystem(identity)) return 'unknown'
  return isAlive(identity) ? 'alive' : 'dead'
}

/** Sends SIGKILL to this very process, if it still lives, and waits up to `patienceMs` until it is gone. */
export async function killProcess(identity: ProcessIdentity, patienceMs = 10_000): Promise<boolean> {
  if (!isAlive(identity)) return false
  process.kill(identity.pid, 'SIGKILL')
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline && isAlive(identity)) await pause(10)
  return true
}

function isOfOwnSystem({ bootId, pidNamespace }: ProcessIdentity): boolean {
  const own = ownSystem()
  return bootId === own.bootId && pidNamespace === own.pidNamespace
}

function ownSystem(): Pick<ProcessIdentity, 'bootId' | 'pidNamespace'> {
  return {
    bootId: textOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: textOr('', () => readlinkSync('/proc/self/ns/pid')),
  }
}

function startTimeOf(pid: number): string | null {
  if (process.platform !== 'linux') return startDateOf(pid)
  const fields = statFields(pid)
  const [state] = fields
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null)
}

/** Fields of Linux's `/proc/PID/stat` from the third, `state`, on (proc(5)); none of a process that is gone. */
export function statFields(pid: number): string[] {
  const stat = textOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // The program's name before them is in parentheses and may hold anything.
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function startDateOf(pid: number): string | null {
  const ps = ['-o', 'lstart=', '-p', String(pid)]
  const text = textOr('', () =>
    execFileSync('ps', ps, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  return text === '' ? null : text
}

function textOr(missing: string, read: () => string): string {
  try {
    return read().trim()
  } catch {
    return missing
  }
}
