/** The Collector made from its parts with the OpenTelemetry Collector Builder. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Artifact } from './artifact.ts'
import { lastLine } from '../executables.ts'
import type { Progress } from '../progress.ts'

const BUILDER = 'go.opentelemetry.io/collector/cmd/builder'
const TIMEOUT_MS = 30 * 60_000

/**
 * Builds the Collector of `artifact` in `draft` (about 95 s cold on two cores).
 * @returns path of the executable, not yet in the cache.
 * @throws Error with the builder's last line of output.
 */
export async function buildCollector(
  artifact: Artifact,
  draft: string,
  { path, progress }: { path: string; progress: Progress },
): Promise<string> {
  await writeFile(join(draft, 'builder.yaml'), artifact.componentList)
  progress.stage('getting the builder')
  const building = execa('go', ['run', `${BUILDER}@v${artifact.version}`, '--config', 'builder.yaml'], {
    cwd: draft,
    // What else Go needs (its proxy, its caches) is the user's own environment. The builder leaves temporary
    // folders behind, which go with the draft.
    env: { PATH: path, CGO_ENABLED: '0', TMPDIR: draft },
    reject: false,
    timeout: TIMEOUT_MS,
  })
  building.stderr.on('data', (bytes: Buffer) => {
    const stage = stageOf(bytes.toString())
    if (stage !== null) progress.stage(stage)
  })
  const built = await building
  if (built.failed) throw new Error(lastLine(built.stderr) ?? built.shortMessage ?? 'the build failed')
  return join(draft, 'dist', 'otelcol-exectrail')
}

function stageOf(output: string): string | null {
  if (output.includes('Compiling')) return 'compiling'
  if (output.includes('Getting go modules')) return 'getting its modules'
  return null
}
