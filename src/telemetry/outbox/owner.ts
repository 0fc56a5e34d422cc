/** Who writes a part of the outbox, told apart across pid reuse, reboots and containers. */
import { readFileSync, readlinkSync } from 'node:fs'
import { z } from 'zod'

const identity = z.object({
  /** Changes at every boot. */
  bootId: z.string(),
  /** The pid means something in this namespace alone. */
  pidNamespace: z.string(),
  pid: z.number(),
  /** Clock ticks after boot; a reused pid has another. */
  startTime: z.string(),
})

export const owner = z.object({
  identity,
  /** OTLP/JSON Resource of all that this process wrote. */
  resource: z.string(),
})

type Identity = z.infer<typeof identity>

/** An owner that cannot be looked up is gone after this long without a sign. */
export const SILENCE_MS = 60_000
export const HEARTBEAT_MS = 5_000

/** This process; fields the host does not tell are ''. */
export function ownIdentity(): Identity {
  return {
    bootId: readOr('/proc/sys/kernel/random/boot_id'),
    pidNamespace: linkOr('/proc/self/ns/pid'),
    pid: process.pid,
    startTime: startTimeOf('self') ?? '',
  }
}

/** How sure we are: 'dead' was looked up, 'silent' has given no sign for long. */
export type Liveness = 'alive' | 'dead' | 'silent'

/** Whether an owner lives; `lastSignMs` is the epoch time of its last heartbeat. */
export function livenessOf(found: Identity, lastSignMs: number): Liveness {
  const self = ownIdentity()
  const sameHost = found.bootId !== '' && found.bootId === self.bootId
  if (sameHost && found.pidNamespace === self.pidNamespace && self.startTime !== '') {
    return startTimeOf(String(found.pid)) === found.startTime ? 'alive' : 'dead'
  }
  return Date.now() - lastSignMs > SILENCE_MS ? 'silent' : 'alive'
}

/** Field 22 of /proc/pid/stat; the name before it may hold anything, so count from the last ')'. A zombie is gone. */
function startTimeOf(pid: string): string | null {
  const stat = readOr(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return stat === '' || fields[0] === 'Z' ? null : (fields[19] ?? null)
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
