/** What the runtime is made with. */
import type { NodeVariant } from '../../provision/bacalhau/artifact.ts'
import type { Language } from '../../execution.ts'
import type { Engine } from './engines.ts'

export interface BacalhauOptions {
  /** Orchestrator's address; null starts a node of this machine at first use. */
  apiUrl: string | null
  /** Directory for the embedded node's data. */
  home: string
  cacheDir: string
  path: string
  ci: boolean
  report: (line: string) => void
  /** `auto`: WASM where it serves the language, else containers. */
  engine: Engine | 'auto'
  /** Folder of the WASI modules on the nodes of a cluster, allow-listed there. */
  modulesPath: string
  images: Readonly<Record<Language, string>>
  /** CPU a job is given, as Bacalhau writes it. */
  cpu: string
  /** Which program the embedded node is. @default exectrail, then one on PATH */
  variant?: NodeVariant
}

export const DEFAULTS = {
  engine: 'auto',
  modulesPath: '/srv/exectrail/wasm',
  images: {
    python: 'python:3.12-slim',
    javascript: 'node:24-slim',
    typescript: 'node:24-slim',
    bash: 'bash:5',
  },
  cpu: '500m',
} as const satisfies Partial<BacalhauOptions>
