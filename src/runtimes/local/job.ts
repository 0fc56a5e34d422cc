/** What a sandbox is told: what holds it from its first step, and the job. */
import { randomUUID } from 'node:crypto'
import type { FileContent, Limits } from '../../execution.ts'
import type { RuntimeRequest } from '../runtime.ts'
import type { Bounds, Job } from '../sandbox/sandbox.ts'
import type { HostSupport } from '../sandbox/host-support.ts'
import type { Guest } from '../sandbox/guests.ts'

const OWN_PROCESSES = 8

type Named = [name: string, value: number][]

/** The bounds of a run of `guest`; without a control group those of memory and processes are per process and user. */
export function makeBounds(limits: Limits, guest: Guest, support: HostSupport): Bounds {
  const rlimits: Named = [
    ['core', 0],
    ['nofile', limits.openFiles],
    ['fsize', limits.diskBytes],
  ]
  if (limits.cpuMs !== null) rlimits.push(['cpu', Math.ceil(limits.cpuMs / 1000) + 1])
  if (support.launcher.cgroupVersion === 0) {
    if (limits.memoryBytes !== null)
      rlimits.push(['data', guest.data.floorBytes + guest.data.times * limits.memoryBytes])
    // The sandbox's own processes count under the user, too; the supervisor's look comes first.
    if (support.users === 'drop') rlimits.push(['nproc', limits.pids + OWN_PROCESSES])
  }
  return { rlimits, memoryBytes: limits.memoryBytes, pids: limits.pids }
}

/** The job of `request`: `code` in a file beside its files, and the first line for the guest program. */
export function makeJob(
  request: RuntimeRequest,
  program: { file: string; code: string; head: (nonce: string) => string },
  support: HostSupport,
): Job {
  const nonce = randomUUID().replaceAll('-', '')
  const { files, input, limits } = request
  return {
    nonce,
    watches: support.launcher.cgroupVersion === 0 ? makeWatches(limits) : [],
    files: [
      ...files.map((file) => toBytes(file)),
      { path: program.file, content: Buffer.from(program.code, 'utf8') },
    ],
    head: program.head(nonce),
    input,
    cpuMs: limits.cpuMs,
  }
}

/** Where no control group counts, the supervisor does. */
function makeWatches(limits: Limits): Named {
  const memory: Named = limits.memoryBytes === null ? [] : [['watch_memory', limits.memoryBytes]]
  return [...memory, ['watch_pids', limits.pids], ['watch_cpu', (limits.cpuMs ?? 0) * 1000]]
}

function toBytes(file: FileContent): { path: string; content: Uint8Array } {
  return {
    path: file.path.replaceAll('\n', '_'),
    content: Buffer.from(file.content, file.encoding ?? 'utf8'),
  }
}
