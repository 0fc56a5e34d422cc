/** Who a process is, so that a pid used again is never taken for the process that had it before. */
import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { z } from 'zod'

const run = promisify(execFile)

export const processIdentity = z.object({
  pid: z.number().int().positive(),
  /** When it started, in the system's own words; compared, never read. */
  startedAt: z.string(),
  /** The running system and its pid namespace; pids of another one mean nothing here. */
  realm: z.string(),
})

export type ProcessIdentity = z.infer<typeof processIdentity>

/** The identity of a living process; null when there is none with this pid (a zombie is none). */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  const startedAt = process.platform === 'linux' ? await startTicks(pid) : await startDate(pid)
  return startedAt === null ? null : { pid, startedAt, realm: await realm() }
}

/** The running system and its pid namespace, as a comparable string. */
async function realm(): Promise<string> {
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => hostname())
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '')
  return `${bootId.trim()} ${namespace}`.trim()
}

/** True while this very process lives. Only meaningful inside its own realm. */
async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const current = await identify(identity.pid)
  return current !== null && current.startedAt === identity.startedAt && current.realm === identity.realm
}

/** Sends SIGKILL to this very process, if it still lives, and waits up to `patienceMs` until it is gone. */
export async function killProcess(identity: ProcessIdentity, patienceMs = 10_000): Promise<boolean> {
  if (!(await isAlive(identity))) return false
  process.kill(identity.pid, 'SIGKILL')
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline && (await isAlive(identity))) await pause(10)
  return true
}

async function startTicks(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  // The command name is in parentheses and may hold anything; the fields begin after the last one.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? null : (fields[18] ?? null)
}

async function startDate(pid: number): Promise<string | null> {
  const listed = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null)
  const text = listed?.stdout.trim() ?? ''
  return text === '' ? null : text
}
