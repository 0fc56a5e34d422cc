/** All runtimes by name, each made at its first use; an SDK nobody asks for is never loaded. */
import { RUNTIMES, type RuntimeName } from '../execution.ts'
import type { Runtime } from './runtime.ts'

/** What the runtimes are told; made from `Config` by the caller. */
export interface RuntimesOptions {
  /** PATH to search for interpreters and tools. */
  path: string
  /** Refuse local runs where namespaces cannot be had. */
  requireIsolation: boolean
  /** Directory of all data of this installation. */
  home: string
  /** Directory of downloads and builds shared by all installations of this user. */
  cacheDir: string
  e2bApiKey?: string | null
  bacalhauApiUrl?: string | null
  /** Told, in one line each, what is weaker or slower here than it could be. */
  report?: (line: string) => void
}

/** The table: `get` makes a runtime at its first use, `close` ends those that were made. */
export interface Runtimes {
  readonly names: readonly RuntimeName[]
  get(name: RuntimeName): Promise<Runtime>
  close(): Promise<void>
}

type Load = (options: RuntimesOptions) => Promise<Runtime>

const TABLE: Partial<Record<RuntimeName, Load>> = {
  subprocess: async (options) => (await import('./subprocess.ts')).subprocess(options),
  vm2: async (options) => (await import('./vm2.ts')).vm2(options),
}

/** Makes the table. @throws nothing; `get` of a runtime this build has not rejects. */
export function createRuntimes(options: RuntimesOptions): Runtimes {
  const made = new Map<RuntimeName, Promise<Runtime>>()
  return {
    names: RUNTIMES.filter((name) => TABLE[name] !== undefined),
    get(name) {
      const load = TABLE[name]
      if (load === undefined) return Promise.reject(new Error(`this build has no runtime ${name}`))
      const runtime = made.get(name) ?? load(options)
      made.set(name, runtime)
      return runtime
    },
    async close() {
      const runtimes = await Promise.all(made.values())
      await Promise.all(runtimes.map((runtime) => runtime.close()))
    },
  }
}
