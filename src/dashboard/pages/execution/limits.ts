/** What a run used against its limits. */
import { formatBytes, formatCount, formatMs } from '../../../format.ts'
import type { Json } from '../../../execution.ts'
import type { Ended } from '../../data/execution.ts'

export interface LimitUse {
  name: string
  /** With its unit. */
  used: string
  /** With its unit; null where none is recorded. */
  limit: string | null
  /** Used over limit, 0 where nothing was used; null where one of them is unknown. */
  share: number | null
  note?: string | undefined
}

const format = { ms: formatMs, bytes: formatBytes, count: formatCount }

/** Time, memory, processor and output of every run; the others where the request set them. */
export function limitsOf(record: Ended): LimitUse[] {
  const set = requestedLimits(record.request)
  const { durationMs, limitTimeoutMs, memoryPeakBytes, limitMemoryBytes, memorySource, cpuMs } = record
  const perStream = set('outputBytes')
  return [
    use('Time', 'ms', { used: durationMs, limit: limitTimeoutMs }),
    use('Memory', 'bytes', {
      used: memoryPeakBytes,
      limit: limitMemoryBytes,
      note: memorySource === null ? undefined : `peak, measured by ${memorySource}`,
    }),
    use('Processor', 'ms', { used: cpuMs, limit: set('cpuMs') }),
    use('stdout', 'bytes', { used: record.stdoutBytes, limit: perStream }),
    use('stderr', 'bytes', { used: record.stderrBytes, limit: perStream }),
    ...onlyLimit('Processes', 'count', set('pids')),
    ...onlyLimit('Disk', 'bytes', set('diskBytes')),
    ...onlyLimit('Open files', 'count', set('openFiles')),
  ]
}

function use(
  name: string,
  unit: keyof typeof format,
  { used, limit, note }: { used: number | null; limit: number | null; note?: string | undefined },
): LimitUse {
  return {
    name,
    used: used === null ? 'not measured' : format[unit](used),
    limit: limit === null ? null : format[unit](limit),
    share: used === null || limit === null || limit <= 0 ? null : used / limit,
    note,
  }
}

/** What no record says the use of. */
function onlyLimit(name: string, unit: keyof typeof format, limit: number | null): LimitUse[] {
  return limit === null ? [] : [use(name, unit, { used: null, limit })]
}

function requestedLimits(request: Json): (name: string) => number | null {
  const limits = memberOf(request, 'limits')
  return (name) => {
    const value = memberOf(limits, name)
    return typeof value === 'number' ? value : null
  }
}

/** A member of a JSON object; null where there is none. */
export function memberOf(value: Json | undefined, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const found = Object.entries(value).find(([key]) => key === name)
  return found?.[1] ?? null
}
