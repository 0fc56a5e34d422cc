/** Which Collector is wanted and where this user's copy of it lies. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedBinary, type CachedBinary } from '../cached-binary.ts'

/** The folder of the component list, the configuration and its fragments. */
export const COLLECTOR_DIRECTORY = join(import.meta.dirname, '../../../otel-collector')

export interface Artifact extends CachedBinary {
  /** Release of builder, components and official archives. */
  version: string
  /** The component list, as it is given to the builder. */
  componentList: string
}

/** Names the artifact that `otel-collector/builder.yaml` describes, under `cacheDir`. */
export async function describeArtifact(cacheDir: string): Promise<Artifact> {
  const componentList = await readFile(join(COLLECTOR_DIRECTORY, 'builder.yaml'), 'utf8')
  const version = /^\s+version: (?<version>\S+)$/mu.exec(componentList)?.groups?.['version']
  if (version === undefined) throw new Error('otel-collector/builder.yaml names no dist.version')
  const hash = createHash('sha256').update(componentList).digest('hex').slice(0, 16)
  const place = cachedBinary(join(cacheDir, 'otelcol'), `${version}-${hash}`, 'otelcol-exectrail')
  return { version, componentList, ...place }
}
