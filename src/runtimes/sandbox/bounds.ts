/** A run's limits as the kernel and the supervisor take them. */
import type { Limits } from '../../execution.ts'
import type { Guest } from './guests.ts'
import type { HostSupport } from './host-support.ts'
import type { Bounds } from './run-facts.ts'

const OWN_PROCESSES = 8

type Named = [name: string, value: number][]

/** The bounds of a run of `guest`; without a control group those of memory and processes are per process and user. */
export function makeBounds(limits: Limits, guest: Guest, support: HostSupport): Bounds {
  const pids = limits.pids + guest.threads
  const rlimits: Named = [
    ['core', 0],
    ['nofile', limits.openFiles + guest.descriptors],
    ['fsize', limits.diskBytes],
  ]
  if (limits.cpuMs !== null) rlimits.push(['cpu', Math.ceil(limits.cpuMs / 1000) + 1])
  if (support.launcher.cgroupVersion === 0) {
    if (limits.memoryBytes !== null)
      rlimits.push(['data', guest.data.floorBytes + guest.data.times * limits.memoryBytes])
    // The sandbox's own processes count under the user, too; the supervisor's look comes first.
    if (support.users === 'drop') rlimits.push(['nproc', pids + OWN_PROCESSES])
  }
  return { rlimits, memoryBytes: limits.memoryBytes, pids }
}

/** What the supervisor watches; nothing where a control group counts. */
export function makeWatches(limits: Limits, guest: Guest, support: HostSupport): Named {
  if (support.launcher.cgroupVersion > 0) return []
  const memory: Named = limits.memoryBytes === null ? [] : [['watch_memory', limits.memoryBytes]]
  return [...memory, ['watch_pids', limits.pids + guest.threads], ['watch_cpu', (limits.cpuMs ?? 0) * 1000]]
}
