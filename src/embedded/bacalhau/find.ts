/** Gets the program of a Bacalhau node, by the first way that works. */
import { access, chmod, constants, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import type { Config } from '../../config.ts'
import { ExectrailError } from '../../errors.ts'
import { waitForLock } from '../lock.ts'
import { findGo } from '../otelcol/build.ts'
import { hashFile } from '../otelcol/cache.ts'
import { withProgress } from '../otelcol/progress.ts'
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
  /** @default exectrail, then one on PATH */
  variant?: NodeVariant
}

/** Command that builds the node, for hints. */
export const BUILD_COMMAND = 'node tools/bacalhau/build.ts'

/**
 * The cached build, else `bacalhau` on PATH; nothing is built.
 * @throws {ExectrailError} `runtime_unavailable` with the command that gets one.
 */
export async function findNode({ config, variant = 'exectrail' }: NodeSearch): Promise<NodeProgram> {
  const artifact = await describeNode(config.cacheDir, variant)
  const cached = await findCached(artifact)
  if (cached !== null) return cached
  const onPath = await searchPath(config.path)
  if (onPath !== null) return onPath
  throw new ExectrailError('runtime_unavailable', 'there is no Bacalhau node here', {
    hint: `set BACALHAU_API_URL to an orchestrator, or run \`${BUILD_COMMAND}\` (once, about 200 s with Go)`,
  })
}

/**
 * `findNode`, and a build with Go where it finds nothing of the wanted variant.
 * @throws {ExectrailError} `runtime_unavailable` saying why the build failed.
 */
export async function obtainNode(search: NodeSearch): Promise<NodeProgram> {
  const { config, report, variant = 'exectrail' } = search
  const artifact = await describeNode(config.cacheDir, variant)
  const found = await findCached(artifact)
  if (found !== null) return found
  await mkdir(artifact.shelf, { recursive: true, mode: 0o700 })
  const lock = await waitForLock(`${artifact.directory}.lock`, (owner) =>
    report(`Bacalhau: process ${owner ?? 'unknown'} is building it; waiting`),
  )
  try {
    return (await findCached(artifact)) ?? (await build(artifact, search))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExectrailError('runtime_unavailable', `Bacalhau could not be built: ${reason}`, {
      hint: 'install Go (https://go.dev/dl), or set BACALHAU_API_URL to an orchestrator',
      cause: error,
    })
  } finally {
    lock.release()
  }
}

async function build(artifact: NodeArtifact, { config, report }: NodeSearch): Promise<NodeProgram> {
  const version = await findGo(config.path)
  await sweepDrafts(artifact)
  const draft = join(artifact.shelf, `.draft-${artifact.key}-${process.pid}`)
  await mkdir(draft, { recursive: true, mode: 0o700 })
  const title = `Bacalhau: building ${artifact.key} with ${version} (once, about 200 s)`
  const show = process.stderr.isTTY && !config.ci ? 'spinner' : 'lines'
  try {
    const made = await withProgress({ title, report, show }, (progress) =>
      buildNode(artifact, draft, { path: config.path, progress }),
    )
    await install(artifact, made)
  } finally {
    await execa('chmod', ['-R', 'u+w', draft], { reject: false })
    await rm(draft, { recursive: true, force: true })
  }
  const program = await findCached(artifact)
  if (program === null) throw new Error(`${artifact.binary} is not what was built`)
  return program
}

/** Puts it in its place, its checksum last: without one it does not count as cached. */
async function install(artifact: NodeArtifact, made: string): Promise<void> {
  await chmod(made, 0o755)
  const checksum = await hashFile(made)
  await mkdir(artifact.directory, { recursive: true, mode: 0o700 })
  await rm(artifact.checksumFile, { force: true })
  await rename(made, artifact.binary)
  const draft = `${artifact.checksumFile}.draft`
  await writeFile(draft, `${checksum}  bacalhau\n`)
  await rename(draft, artifact.checksumFile)
}

/** What interrupted builds left. Only the holder of the artifact's lock may call this. */
async function sweepDrafts({ shelf, key }: NodeArtifact): Promise<void> {
  const stale = (await readdir(shelf)).filter((entry) => entry.startsWith(`.draft-${key}-`))
  await Promise.all(stale.map((entry) => rm(join(shelf, entry), { recursive: true, force: true })))
}

async function findCached(artifact: NodeArtifact): Promise<NodeProgram | null> {
  const noted = await readFile(artifact.checksumFile, 'utf8').catch(() => null)
  if (noted === null) return null
  const actual = await hashFile(artifact.binary).catch(() => null)
  if (actual === null || actual !== noted.split(' ')[0]) return null
  const { binary: path, variant, key } = artifact
  return { path, variant, version: BACALHAU_VERSION, origin: `cached build ${key}` }
}

async function searchPath(path: string): Promise<NodeProgram | null> {
  for (const directory of path.split(delimiter)) {
    const file = join(directory, 'bacalhau')
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (usable) return { path: file, variant: 'stock', version: await askVersion(file), origin: file }
  }
  return null
}

async function askVersion(file: string): Promise<string> {
  const answer = await execa(file, ['version', '--client', '--output', 'json'], {
    reject: false,
    timeout: 10_000,
  })
  return /"GitVersion":\s*"v?(?<version>[^"]+)"/iu.exec(answer.stdout)?.groups?.['version'] ?? 'unknown'
}
