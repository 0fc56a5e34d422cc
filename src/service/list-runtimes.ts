import { LIMITS, type Isolation, type Language, type Limit, type RuntimeName } from '../execution.ts'
import type { Executor } from '../executor/executor.ts'

/** A runtime on this host. */
export interface RuntimeView {
  name: RuntimeName
  languages: readonly Language[]
  streaming: boolean
  ready: boolean
  version: string | null
  isolation: Isolation
  enforces: readonly Limit[]
  missing: readonly { what: string; fix: string }[]
  notes: readonly string[]
}

/** Every runtime of the executor: its languages, isolation, limits and what is missing. */
export async function listRuntimes(executor: Pick<Executor, 'runtimes'>): Promise<RuntimeView[]> {
  const checked = await executor.runtimes()
  return checked.map(({ runtime, readiness }) => {
    const { ready, version, isolation, missing, notes } = readiness
    const enforces = LIMITS.filter((limit) => readiness.enforces.includes(limit))
    const { languages, streaming } = runtime.capabilities
    return { name: runtime.name, languages, streaming, ready, version, isolation, enforces, missing, notes }
  })
}
