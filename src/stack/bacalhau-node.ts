/** One node of this machine: orchestrator and compute in one process, reachable from here alone. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { choosePorts } from './ports.ts'
import { supervise } from './supervise.ts'
import type { NodeProgram } from '../provision/bacalhau/bacalhau.ts'

/** Label of nodes that stream the output of WASM jobs and compile a module once; see `tools/bacalhau`. */
export const STREAMING_LABEL = 'exectrail-streams'

export interface NodeOptions {
  program: NodeProgram
  /** Where its data goes; a fresh folder below, gone when it is stopped. */
  directory: string
  /** Folder of the modules jobs may mount. */
  modulesPath: string
  path: string
}

/** A node that is kept alive until `stop`. */
export interface RunningNode {
  apiUrl: string
  readonly pid: number | undefined
  /** How often it had to be started again. */
  readonly restarts: number
  stop(): Promise<void>
}

/**
 * Starts a node on free ports of loopback and waits until it takes jobs.
 * @throws {ExectrailError} `stack_failed` with the last lines of its log.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const home = await mkdtemp(join(options.directory, 'node-'))
  const [api = 0, nats = 0, publisher = 0] = await choosePorts([0, 0, 0])
  const apiUrl = `http://127.0.0.1:${api}`
  const config = join(home, 'config.yaml')
  await mkdir(join(home, 'tmp'))
  // JSON is YAML.
  await writeFile(config, JSON.stringify(nodeConfig(options, { api, nats, publisher })))
  const { program, path } = options
  try {
    const kept = await supervise({
      name: 'bacalhau',
      command: program.path,
      args: ['serve', '--config', config, '--data-dir', join(home, 'data')],
      env: { PATH: path, HOME: home, TMPDIR: join(home, 'tmp'), LOG_LEVEL: 'warn' },
      logFile: join(home, 'node.log'),
      readyTimeoutMs: 60_000,
      graceMs: 5_000,
      ready: () => takesJobs(apiUrl),
    })
    return {
      apiUrl,
      get pid() {
        return kept.pid
      },
      get restarts() {
        return kept.restarts
      },
      async stop() {
        await kept.stop()
        await rm(home, { recursive: true, force: true, maxRetries: 3 })
      },
    }
  } catch (error) {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
    throw error
  }
}

function nodeConfig(
  { program, modulesPath }: NodeOptions,
  ports: { api: number; nats: number; publisher: number },
): unknown {
  const streams = program.variant === 'exectrail'
  return {
    NameProvider: 'uuid',
    DisableAnalytics: true,
    UpdateConfig: { Interval: '-1s' },
    API: { Host: '127.0.0.1', Port: ports.api },
    Orchestrator: { Enabled: true, Host: '127.0.0.1', Port: ports.nats },
    Compute: {
      Enabled: true,
      Orchestrators: [`nats://127.0.0.1:${ports.nats}`],
      AllowListedLocalPaths: [modulesPath, `${modulesPath}/**`],
    },
    Labels: streams ? { [STREAMING_LABEL]: 'true' } : {},
    Publishers: {
      // The local publisher listens on every interface; a node that streams has no use for it.
      Disabled: streams ? ['local'] : [],
      Types: { Local: { Address: '127.0.0.1', Port: ports.publisher } },
    },
    WebUI: { Enabled: false },
  }
}

async function takesJobs(apiUrl: string): Promise<boolean> {
  const answer = await fetch(`${apiUrl}/api/v1/orchestrator/nodes`, { signal: AbortSignal.timeout(5_000) })
  return answer.ok && (await answer.text()).includes('"CONNECTED"')
}
