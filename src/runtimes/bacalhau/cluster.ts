/** The orchestrator jobs go to: one given by its address, or a node of this machine started at first use. */
import { join } from 'node:path'
import type { Language } from '../../execution.ts'
import { isExectrailError, messageOf } from '../../errors.ts'
import { findNode } from '../../provision/bacalhau/bacalhau.ts'
import { startNode, STREAMING_LABEL, type RunningNode } from '../../stack/bacalhau-node.ts'
import { BacalhauApi, type ClusterNode } from './api.ts'
import { languagesOf, type Channel, type Engine } from './engines.ts'
import { INSTALL_MODULES, makeModules, MissingModuleError, modulesDirectory } from './modules.ts'
import type { BacalhauOptions } from './options.ts'

/** A cluster that answers, and what its nodes can do. */
export interface Connection {
  api: BacalhauApi
  nodes: readonly ClusterNode[]
  /** Folder of the modules on the nodes. */
  modulesPath: string
  /** How often the embedded node had to be started again; 0 for a cluster of others. */
  readonly restarts: number
}

/** How a language is run here. */
export interface Route {
  engine: Engine
  channel: Channel
  nodeLabel: string | null
}

const FRESH_MS = 10_000

export class Cluster {
  readonly #options: BacalhauOptions
  #node: Promise<RunningNode> | null = null
  #known: { nodes: readonly ClusterNode[]; atMs: number } | null = null

  constructor(options: BacalhauOptions) {
    this.#options = options
  }

  /** True when no address was given, so that a node of this machine serves. */
  get embedded(): boolean {
    return this.#options.apiUrl === null
  }

  /**
   * Connects, starting a node where that is needed.
   * @throws {ExectrailError} `runtime_unavailable` with what to do; BacalhauError when the orchestrator does not answer.
   */
  async connect(): Promise<Connection> {
    const { apiUrl } = this.#options
    if (apiUrl !== null) {
      const api = new BacalhauApi(apiUrl)
      return { api, nodes: await this.#nodes(api), modulesPath: this.#options.modulesPath, restarts: 0 }
    }
    this.#node ??= this.#start().catch((error: unknown) => {
      this.#node = null
      throw error
    })
    const node = await this.#node
    const api = new BacalhauApi(node.apiUrl)
    return {
      api,
      nodes: await this.#nodes(api),
      modulesPath: await modulesDirectory(this.#options.cacheDir),
      get restarts() {
        return node.restarts
      },
    }
  }

  /** Pid of the embedded node; undefined where none runs. */
  async pid(): Promise<number | undefined> {
    return (await this.#node)?.pid
  }

  /** Address of the orchestrator; undefined where the embedded node does not run. */
  async apiUrl(): Promise<string | undefined> {
    return this.#options.apiUrl ?? (await this.#node)?.apiUrl
  }

  async close(): Promise<void> {
    const node = this.#node
    this.#node = null
    await (await node?.catch(() => null))?.stop()
  }

  async #nodes(api: BacalhauApi): Promise<readonly ClusterNode[]> {
    if (this.#known === null || Date.now() - this.#known.atMs > FRESH_MS)
      this.#known = { nodes: await api.nodes(), atMs: Date.now() }
    return this.#known.nodes
  }

  async #start(): Promise<RunningNode> {
    const { cacheDir, home, path, ci, report, variant } = this.#options
    const program = await findNode({
      config: { cacheDir, path, ci },
      report,
      ...(variant === undefined ? {} : { variant }),
    })
    const modulesPath = await modulesDirectory(cacheDir)
    await makeModules(modulesPath)
    return startNode({ program, directory: join(home, 'bacalhau'), modulesPath, path })
  }
}

/** How `nodes` run `language`, or why they cannot. */
export function routeLanguage(
  nodes: readonly ClusterNode[],
  language: Language,
  wanted: Engine | 'auto',
): Route | { missing: string } {
  const engines = (['wasm', 'docker'] as const).filter(
    (engine) => (wanted === 'auto' || wanted === engine) && languagesOf(engine).includes(language),
  )
  for (const engine of engines) {
    const able = nodes.filter((node) => node.engines.includes(engine))
    if (able.length === 0) continue
    if (engine === 'docker') return { engine, channel: 'stream', nodeLabel: null }
    if (able.some(({ labels }) => labels[STREAMING_LABEL] === 'true'))
      return { engine, channel: 'stream', nodeLabel: STREAMING_LABEL }
    if (able.some(({ publishers }) => publishers.includes('local')))
      return { engine, channel: 'published', nodeLabel: null }
    return {
      missing: 'WASM jobs need nodes built by tools/bacalhau, or with the local publisher switched on',
    }
  }
  const named = engines.length === 0 ? wanted : engines.join(' or ')
  return { missing: `no connected node has the engine ${named}, which ${language} needs` }
}

/** What is missing and what to do, from any error of `connect`. */
export function explainMissing(error: unknown): { what: string; fix: string } {
  const what = messageOf(error)
  if (error instanceof MissingModuleError) return { what, fix: INSTALL_MODULES }
  const hint = isExectrailError(error) ? error.hint : undefined
  return { what, fix: hint ?? 'check BACALHAU_API_URL, and that `bacalhau serve --orchestrator` runs there' }
}
