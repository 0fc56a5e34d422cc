/** Whose job a job is, and the end of jobs whose owner is gone. */
import { createHash } from 'node:crypto'
import { messageOf } from '../../errors.ts'
import { identify, processIdentity } from '../../process-identity.ts'
import type { RuntimeRequest } from '../runtime.ts'
import type { BacalhauApi } from './api.ts'

const KIND = 'exectrail'
const REALM = 'exectrail-realm'
const PID = 'exectrail-pid'
const STARTED = 'exectrail-started'
const EXECUTION = 'exectrail-execution'
const ORGANIZATION = 'exectrail-organization'

/** Labels of the job of `request`: this process, so that a later one can check whether it is still alive. */
export function ownerLabels(request: RuntimeRequest): Record<string, string> {
  const self = ownIdentity()
  return {
    [KIND]: 'execution',
    [REALM]: self.realm,
    [PID]: String(process.pid),
    [STARTED]: self.started,
    [EXECUTION]: request.executionId,
    [ORGANIZATION]: short(request.organizationId),
  }
}

/** Stops unfinished jobs of processes of this machine that are gone; trouble with it stops no run. */
export async function stopOrphans(api: BacalhauApi, report: (line: string) => void): Promise<void> {
  try {
    const { realm } = ownIdentity()
    const jobs = await api.unfinishedJobs(`${KIND}=execution,${REALM}=${realm}`)
    for (const { id, labels } of jobs) {
      if (isOwned(labels)) continue
      await api.stop(id, 'its executor is gone')
      report(`Bacalhau: stopped job ${id}, left behind by process ${labels[PID] ?? 'unknown'}`)
    }
  } catch (error) {
    report(`Bacalhau: jobs left behind were not looked for: ${messageOf(error)}`)
  }
}

function isOwned(labels: Readonly<Record<string, string>>): boolean {
  const pid = processIdentity.shape.pid.safeParse(Number(labels[PID]))
  if (!pid.success) return false
  const living = identify(pid.data)
  return living !== null && short(living.startTime) === labels[STARTED]
}

function ownIdentity(): { realm: string; started: string } {
  const self = identify(process.pid)
  return {
    realm: short(self === null ? 'unknown' : `${self.bootId} ${self.pidNamespace}`),
    started: short(self?.startTime ?? 'unknown'),
  }
}

/** Label values are short and plain, and no name of a caller's shows in them. */
function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20)
}
