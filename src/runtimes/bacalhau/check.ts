/** Readiness, in words for a person. */
import { BACALHAU_VERSION } from '../../provision/bacalhau/artifact.ts'
import { BUILD_COMMAND, findNode } from '../../provision/bacalhau/bacalhau.ts'
import type { Limit } from '../../execution.ts'
import type { Readiness } from '../runtime.ts'
import type { ClusterNode } from './api.ts'
import { explainMissing, routeLanguage, type Cluster } from './cluster.ts'
import { modulesDirectory } from './modules.ts'
import type { BacalhauOptions } from './options.ts'

const ENFORCES: readonly Limit[] = ['time', 'memory', 'output']
const EVERY_LANGUAGE = ['python', 'javascript', 'typescript', 'bash'] as const

/** Asks the cluster; a node of this machine is looked for, not started. */
export async function checkCluster(cluster: Cluster, options: BacalhauOptions): Promise<Readiness> {
  try {
    return cluster.embedded ? await checkProgram(options) : describeNodes((await cluster.connect()).nodes)
  } catch (error) {
    return notReady(explainMissing(error))
  }
}

async function checkProgram({ cacheDir, path, ci, report, variant }: BacalhauOptions): Promise<Readiness> {
  const search = { config: { cacheDir, path, ci }, report }
  const program = await findNode(variant === undefined ? search : { ...search, variant })
  await modulesDirectory(cacheDir)
  const weaker =
    program.variant === 'exectrail'
      ? []
      : [
          `a stock node compiles the module for every job (about 4 s) and shows output only once a job has ended; \`${BUILD_COMMAND}\` makes one that does not`,
        ]
  return {
    ready: true,
    version: program.version === 'unknown' ? BACALHAU_VERSION : program.version,
    isolation: 'wasm',
    enforces: ENFORCES,
    missing: [],
    notes: [`a node of this machine starts at first use (${program.origin})`, ...weaker],
  }
}

function describeNodes(nodes: readonly ClusterNode[]): Readiness {
  if (nodes.length === 0)
    return notReady({
      what: 'no compute node is connected to the orchestrator',
      fix: 'start one: `bacalhau serve --compute --config Compute.Orchestrators=nats://HOST:4222`',
    })
  const routes = EVERY_LANGUAGE.map((language) => ({
    language,
    route: routeLanguage(nodes, language, 'auto'),
  }))
  const unserved = routes.filter(({ route }) => 'missing' in route)
  const served = routes.flatMap(({ language, route }) =>
    'missing' in route ? [] : [`${language} (${route.engine})`],
  )
  return {
    ready: served.length > 0,
    version: nodes[0]?.version.replace(/^v/u, '') ?? null,
    isolation: 'wasm',
    enforces: ENFORCES,
    missing: unserved.map(({ language, route }) => ({
      what: `${language}: ${'missing' in route ? route.missing : ''}`,
      fix: 'add a node that has the engine',
    })),
    notes: [`${nodes.length} connected nodes; serves ${served.join(', ')}`],
  }
}

function notReady(missing: { what: string; fix: string }): Readiness {
  return {
    ready: false,
    version: null,
    isolation: 'wasm',
    enforces: ENFORCES,
    missing: [missing],
    notes: [],
  }
}
