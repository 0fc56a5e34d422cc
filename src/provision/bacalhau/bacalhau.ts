/** How the program of a Bacalhau node is obtained. */
import { execa } from 'execa'
import type { Config } from '../../config.ts'
import { RuntimeUnavailableError } from '../../errors.ts'
import { findCached, install } from '../cached-binary.ts'
import { findGo, findOnPath } from '../executables.ts'
import { inDraft, provision, ProvisionError, type Attempt } from '../pipeline.ts'
import { BACALHAU_VERSION, describeNode, type NodeArtifact, type NodeVariant } from './artifact.ts'
import { buildNode } from './build.ts'

/** A program that can be started as a node. */
export interface NodeProgram {
  path: string
  variant: NodeVariant
  /** As it names itself. */
  version: string
  /** What it is, for a person. */
  origin: string
}

export interface NodeSearch {
  config: Pick<Config, 'cacheDir' | 'path' | 'ci'>
  /** Gets one line per attempt, for a person. */
  report: (line: string) => void
  /** @default exectrail */
  variant?: NodeVariant
}

/** Command that builds the node, for hints. */
export const BUILD_COMMAND = 'npx exectrail prepare bacalhau'

/**
 * The cached build, else `bacalhau` on PATH; nothing is built.
 * @throws {RuntimeUnavailableError} with the command that gets one.
 */
export async function findNode({ config, variant = 'exectrail' }: NodeSearch): Promise<NodeProgram> {
  const artifact = await describeNode(config.cacheDir, variant)
  const found =
    (await cachedNode(artifact).catch(() => null)) ?? (await nodeOnPath(config.path).catch(() => null))
  if (found !== null) return found
  throw new RuntimeUnavailableError('there is no Bacalhau node here', {
    hint: `set BACALHAU_API_URL to an orchestrator, or run \`${BUILD_COMMAND}\` (once, about 200 s with Go)`,
  })
}

/**
 * The cached build of the wanted variant, else a new one; several searches at once build it once.
 * @throws {RuntimeUnavailableError} saying why the build failed.
 */
export async function obtainNode(search: NodeSearch): Promise<NodeProgram> {
  const { config, report, variant = 'exectrail' } = search
  const artifact = await describeNode(config.cacheDir, variant)
  const cached: Attempt<NodeProgram> = { what: 'cached', get: () => cachedNode(artifact) }
  const made: Attempt<NodeProgram> = { what: 'build with Go', get: () => build(artifact, search) }
  try {
    return await provision({
      name: 'Bacalhau',
      ready: [cached],
      cached: [cached],
      making: [made],
      cache: artifact.cache,
      key: artifact.key,
      reports: 'making',
      report,
    })
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error
    throw new RuntimeUnavailableError(error.message, {
      hint: 'install Go (https://go.dev/dl), or set BACALHAU_API_URL to an orchestrator',
      cause: error,
    })
  }
}

async function build(artifact: NodeArtifact, { config, report }: NodeSearch): Promise<NodeProgram> {
  const { cache, key } = artifact
  const go = await findGo(config.path)
  const title = `Bacalhau: building ${key} with ${go} (once, about 200 s)`
  return inDraft({ cache, key, title, report, ci: config.ci }, async (draft, progress) => {
    await install(artifact, await buildNode(artifact, draft, { path: config.path, progress }))
    return cachedNode(artifact)
  })
}

async function cachedNode(artifact: NodeArtifact): Promise<NodeProgram> {
  const path = await findCached(artifact)
  const { variant, key } = artifact
  return { path, variant, version: BACALHAU_VERSION, origin: `cached build ${key}` }
}

async function nodeOnPath(path: string): Promise<NodeProgram> {
  const found = await findOnPath('bacalhau', path)
  return { path: found, variant: 'stock', version: await askVersion(found), origin: found }
}

async function askVersion(file: string): Promise<string> {
  const answer = await execa(file, ['version', '--client', '--output', 'json'], {
    reject: false,
    timeout: 10_000,
  })
  return /"GitVersion":\s*"v?(?<version>[^"]+)"/iu.exec(answer.stdout)?.groups?.['version'] ?? 'unknown'
}
