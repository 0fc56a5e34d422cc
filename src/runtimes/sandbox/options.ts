/** How a caller sets up the sandboxes of a runtime on this host. */
import type { PoolOptions } from './slots/warm-pool.ts'

export interface LocalOptions {
  /** PATH to search for interpreters and tools. */
  path: string
  /** Refuse to run where namespaces are unavailable. */
  requireIsolation: boolean
  /** Sandboxes started ahead. */
  pool?: PoolOptions
  /** `sandbox` starts a fresh interpreter for each run, `off` a fresh sandbox as well. @default auto */
  forkServer?: 'auto' | 'sandbox' | 'off'
  /** Which of the host's features to use; `off` is for tests of the weaker ways. @default auto */
  namespaces?: 'auto' | 'off'
  cgroups?: 'auto' | 'off'
  /** Called once for each feature that is weaker here than it could be, with one line. */
  report?: (line: string) => void
}
