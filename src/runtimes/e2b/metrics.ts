/** The provider's own figures, for a run whose sandbox could not report its own. */
import type { Sandbox, SandboxMetrics } from 'e2b'
import type { RuntimeExit } from '../runtime.ts'

type Usage = Pick<RuntimeExit, 'cpuMs' | 'memoryPeakBytes' | 'memorySource'>

const REQUEST_MS = 2000
/** The provider looks every five seconds. */
const SAMPLE_MS = 5000

/** Figures of the whole machine since `sinceMs` (epoch); nulls where the provider has none, as for short runs. */
export async function readMetrics(sandbox: Sandbox, sinceMs: number): Promise<Usage> {
  try {
    const samples = await sandbox.getMetrics({ start: new Date(sinceMs), requestTimeoutMs: REQUEST_MS })
    return summarize(samples)
  } catch {
    return summarize([]) // a sandbox that is gone has none; the run's own fault is reported
  }
}

/** Highest memory, and the share of the processors added up over the time each sample stands for. */
export function summarize(samples: readonly SandboxMetrics[]): Usage {
  const [first] = samples
  if (first === undefined) return { cpuMs: null, memoryPeakBytes: null, memorySource: null }
  let before = first.timestamp.getTime() - SAMPLE_MS
  let cpuMs = 0
  for (const { timestamp, cpuUsedPct, cpuCount } of samples) {
    cpuMs += (cpuUsedPct / 100) * cpuCount * (timestamp.getTime() - before)
    before = timestamp.getTime()
  }
  return {
    cpuMs: Math.round(cpuMs),
    memoryPeakBytes: Math.max(...samples.map(({ memUsed }) => memUsed)),
    memorySource: 'provider',
  }
}
