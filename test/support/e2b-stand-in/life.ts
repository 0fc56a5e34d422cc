/** How long a sandbox lives, and how it is paused and resumed. */
import type { LifeBody, StandInSandbox } from './records.ts'

/** s a sandbox lives by default. */
export const LIFE_S = 300

export function setLife(sandbox: StandInSandbox, seconds: number, end: () => Promise<unknown>): void {
  clearTimeout(sandbox.expiry)
  sandbox.timeoutS = seconds
  sandbox.endAt = new Date(Date.now() + seconds * 1000)
  sandbox.expiry = setTimeout(() => void end(), seconds * 1000)
}

/** Its processes stop where they are, or end where its memory is not kept. False where it is paused already. */
export async function pauseSandbox(sandbox: StandInSandbox, { memory = true }: LifeBody): Promise<boolean> {
  if (sandbox.state === 'paused') return false
  clearTimeout(sandbox.expiry)
  sandbox.state = 'paused'
  if (memory) sandbox.machine.freeze()
  else await sandbox.machine.reboot()
  return true
}

/** Resumes a paused sandbox, and says so. The life of a running one is extended, never shortened. */
export async function connectSandbox(
  sandbox: StandInSandbox,
  { timeout = LIFE_S, memory = true }: LifeBody,
  end: () => Promise<unknown>,
): Promise<'resumed' | 'was running'> {
  if (sandbox.state === 'running') {
    if (Date.now() + timeout * 1000 > sandbox.endAt.getTime()) setLife(sandbox, timeout, end)
    return 'was running'
  }
  if (memory) sandbox.machine.thaw()
  else await sandbox.machine.reboot()
  sandbox.state = 'running'
  setLife(sandbox, timeout, end)
  return 'resumed'
}
