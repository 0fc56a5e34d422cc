/** A local Bacalhau node: orchestrator and compute in one process, on loopback. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { choosePorts } from './ports.ts'
import { supervise } from './supervise.ts'
import type { NodeProgram } from '../provision/bacalhau/bacalhau.ts'

/** Label of nodes that stream the output of WASM jobs and compile a module once; see `tools/bacalhau`. */
export const STREAMING_LABEL = 'exectrail-streams'

export interface NodeOptions {
  program: NodeProgram
  /** Parent of its data directory, which is removed on stop. */
  directory: string
  /** Directory of the modules that jobs may mount. */
  modulesPath: string
  path: string
}

/** A supervised node. */
export interface RunningNode {
  apiUrl: string
  readonly pid: number | undefined
  readonly restarts: number
  stop(): Promise<void>
}

/**
 * Starts a node on free ports of loopback and waits until it accepts jobs.
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
    const supervised = await supervise({
      name: 'bacalhau',
      command: program.path,
      args: ['serve', '--config', config, '--data-dir', join(home, 'data')],
      env: { PATH: path, HOME: home, TMPDIR: join(home, 'tmp'), LOG_LEVEL: 'warn' },
      logFile: join(home, 'node.log'),
      readyTimeoutMs: 60_000,
      graceMs: 5_000,
      ready: () => acceptsJobs(apiUrl),
    })
    return {
      apiUrl,
      get pid() {
        return supervised.pid
      },
      get restarts() {
        return supervised.restarts
      },
      async stop() {
        await supervised.stop()
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
      // The local publisher listens on every interface; a node that streams does not need it.
      Disabled: streams ? ['local'] : [],
      Types: { Local: { Address: '127.0.0.1', Port: ports.publisher } },
    },
    WebUI: { Enabled: false },
  }
}

async function acceptsJobs(apiUrl: string): Promise<boolean> {
  const answer = await fetch(`${apiUrl}/api/v1/orchestrator/nodes`, { signal: AbortSignal.timeout(5_000) })
  return answer.ok && (await answer.text()).includes('"CONNECTED"')
}
