/** All runtimes by name, each made at its first use. A new runtime is one line in `BUILT_IN`. */
import type { Config } from '../config.ts'
import type { RuntimeName } from '../execution.ts'
import { bacalhau } from './bacalhau.ts'
import { e2b } from './e2b.ts'
import type { Readiness, Runtime } from './runtime.ts'
import { subprocess } from './subprocess.ts'
import { stopCompiling } from './transpile.ts'
import { vm2 } from './vm2.ts'
import { wasmedge } from './wasmedge.ts'

/** What the runtimes are made from. */
export interface RuntimesOptions {
  config: Config
  /** Runtimes beside or in place of the built-in ones, by their name. */
  extra?: readonly Runtime[]
  /** Called with one line for each thing that is weaker here than it could be. @default a line on stderr */
  report?: (line: string) => void
}

/** Options of the built-in runtimes; factories take what they need and load their SDK at the first run. */
interface RuntimeOptions {
  config: Config
  report: (line: string) => void
}

/** The table of runtimes. */
export interface Runtimes {
  readonly names: readonly RuntimeName[]
  /** The runtime of that name, made at the first call; null where this build has none. */
  find(name: RuntimeName): Runtime | null
  /** Asks every runtime for its readiness, side by side. */
  checkAll(): Promise<{ runtime: Runtime; readiness: Readiness }[]>
  /** Closes those that were made. */
  close(): Promise<void>
}

const BUILT_IN: Partial<Record<RuntimeName, (options: RuntimeOptions) => Runtime>> = {
  vm2: ({ config, report }) => vm2({ ...config, report }),
  subprocess: ({ config, report }) => subprocess({ ...config, report }),
  wasmedge: ({ config, report }) => wasmedge({ ...config, report }),
  bacalhau: ({ config, report }) => bacalhau({ ...config, apiUrl: config.bacalhauApiUrl, report }),
  e2b: ({ config, report }) => e2b({ apiKey: config.e2bApiKey, home: config.home, report }),
}

/** Makes the table; nothing is started. */
export function createRuntimes(options: RuntimesOptions): Runtimes {
  const made = new Map((options.extra ?? []).map((runtime) => [runtime.name, runtime]))
  const names = [...new Set([...Object.keys(BUILT_IN).filter((name) => isName(name)), ...made.keys()])]
  const report = options.report ?? writeLine
  const find = (name: RuntimeName): Runtime | null => {
    const runtime = made.get(name) ?? BUILT_IN[name]?.({ config: options.config, report }) ?? null
    if (runtime !== null) made.set(name, runtime)
    return runtime
  }
  return {
    names,
    find,
    async checkAll() {
      const runtimes = names.flatMap((name) => find(name) ?? [])
      return Promise.all(runtimes.map(async (runtime) => ({ runtime, readiness: await runtime.check() })))
    },
    async close() {
      await Promise.all([...made.values()].map((runtime) => runtime.close()))
      await stopCompiling()
    },
  }
}

function isName(name: string): name is RuntimeName {
  return name in BUILT_IN
}

function writeLine(line: string): void {
  process.stderr.write(`exectrail: ${line}\n`)
}
