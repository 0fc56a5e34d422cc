/** Code as jobs of a Bacalhau cluster: WASI modules, and containers where nodes have Docker. */
import type { Language } from '../execution.ts'
import { JobCleanup } from './bacalhau/job-cleanup.ts'
import { checkCluster } from './bacalhau/check.ts'
import { Cluster, explainMissing, routeLanguage, type Connection } from './bacalhau/cluster.ts'
import { languagesOf } from './bacalhau/engines.ts'
import { prepareJob } from './bacalhau/job.ts'
import { DEFAULTS, type BacalhauOptions } from './bacalhau/options.ts'
import { ownerLabels, stopOrphans } from './bacalhau/orphans.ts'
import { prepareProgram } from './bacalhau/program.ts'
import { faultExit } from './bacalhau/read-exit.ts'
import { runJob } from './bacalhau/run.ts'
import { StartupEstimate } from './bacalhau/startup-estimate.ts'
import type { Capabilities, Runtime, RuntimeExit, RuntimeIo, RuntimeRequest } from './runtime.ts'
import { refusedExit } from './transpile.ts'
import { WASM_LACKS } from './wasm-lacks.ts'

type Needed = 'apiUrl' | 'home' | 'cacheDir' | 'path'

/** A runtime on Bacalhau; it reports which node it uses. */
export interface BacalhauRuntime extends Runtime {
  pid(): Promise<number | undefined>
  /** Address of the orchestrator; undefined where the embedded node does not run. */
  apiUrl(): Promise<string | undefined>
}

/** Makes the runtime; nothing is connected or started before the first `run`. */
export function bacalhau(options: Pick<BacalhauOptions, Needed> & Partial<BacalhauOptions>): BacalhauRuntime {
  const settled: BacalhauOptions = { ...DEFAULTS, ci: false, report: () => undefined, ...options }
  const cluster = new Cluster(settled)
  const startup = new StartupEstimate()
  const afterwards = new JobCleanup()
  const sweep = once((connection: Connection) => stopOrphans(connection.api, settled.report))
  return {
    name: 'bacalhau',
    capabilities: {
      languages: servedLanguages(settled),
      isolation: 'wasm',
      enforces: ['time', 'memory', 'output'],
      streaming: true,
      lacks: { ...WASM_LACKS, 'folders in /out': 'the WASI of WASM nodes makes none; files come back' },
    } satisfies Capabilities,
    run: (request, io) => runOn({ cluster, settled, startup, afterwards, sweep }, request, io),
    check: () => checkCluster(cluster, settled),
    pid: () => cluster.pid(),
    apiUrl: () => cluster.apiUrl(),
    async close() {
      await afterwards.close()
      await cluster.close()
    },
  }
}

interface Parts {
  cluster: Cluster
  settled: BacalhauOptions
  startup: StartupEstimate
  afterwards: JobCleanup
  sweep: (connection: Connection) => Promise<void>
}

/** A node of this machine has no Docker for us; a cluster may have nodes that do. */
function servedLanguages({ apiUrl, engine }: BacalhauOptions): Language[] {
  if (engine !== 'auto') return languagesOf(engine)
  return languagesOf(apiUrl === null ? 'wasm' : 'docker')
}

async function runOn(
  { cluster, settled, startup, afterwards, sweep }: Parts,
  request: RuntimeRequest,
  io: RuntimeIo,
): Promise<RuntimeExit> {
  if (typeof request.network === 'object')
    return faultExit(
      'runtime_unavailable',
      'a list of allowed hosts is not served by this runtime; use network "none" or "host"',
    )
  if (io.signal.aborted) return faultExit('runtime_error', null)
  let connection: Connection
  try {
    connection = await cluster.connect()
    await sweep(connection)
  } catch (error) {
    const { what, fix } = explainMissing(error)
    return faultExit('runtime_unavailable', `${what}: ${fix}`)
  }
  const route = routeLanguage(connection.nodes, request.language, settled.engine)
  if ('missing' in route) return faultExit('runtime_unavailable', route.missing)
  const program = await prepareProgram(request, route.engine, io)
  if (!('code' in program)) return refusedExit(program, 'wasm')
  if (io.signal.aborted) return faultExit('runtime_error', null)
  const prepared = await prepareJob(request, program, {
    ...route,
    modulesPath: connection.modulesPath,
    images: settled.images,
    cpu: settled.cpu,
    labels: ownerLabels(request),
  })
  const exit = await runJob({ connection, route, prepared, startup, afterwards }, io)
  if (exit.sandboxId === null) return exit
  const { memoryBytes } = request.limits
  return { ...exit, allocated: { vcpus: readCpus(settled.cpu), memoryBytes } }
}

/** Processors as Bacalhau writes them: `500m`, `0.5` or `2`; null for another form. */
function readCpus(cpu: string): number | null {
  const value = cpu.endsWith('m') ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu)
  return Number.isFinite(value) && value > 0 ? value : null
}

function once<T>(work: (argument: T) => Promise<void>): (argument: T) => Promise<void> {
  let done: Promise<void> | undefined
  return (argument) => (done ??= work(argument))
}
