/** The official release archive of the contrib distribution, its checksum pinned here. */
import { join } from 'node:path'
import { execa } from 'execa'
import { downloadPinned } from '../download.ts'
import type { Progress } from '../progress.ts'
import type { Artifact } from './artifact.ts'

const RELEASES = 'https://github.com/open-telemetry/opentelemetry-collector-releases/releases/download'

/** SHA-256 of otelcol-contrib_<version>_<platform>.tar.gz, from the `.sha256` files of the release. */
const PINNED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '0.161.0': {
    linux_amd64: '778c689efa681ff6e4722ce9f66b9b7f57c3ba009ab2e2b43dc2e0315862c731',
    linux_arm64: 'cd5de93213a0dbb90e4998b3b9e4e15ed691ec635cf7cf4147f95799fb16b676',
    darwin_amd64: '357fc0a7a77f5d42cab2f46af6be301062a7824b82454cc264cb8661fa9a8734',
    darwin_arm64: 'ccc0cf5de5242adcaedc7b5aebed43a1dc56aa2dc7de6ebc495d5db60512d34c',
  },
}

export interface ReleaseSource {
  /** Where release folders lie; each is named `v<version>`. */
  url: string
  checksums: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export const OFFICIAL: ReleaseSource = { url: RELEASES, checksums: PINNED }

/**
 * Fetches the archive for this platform into `draft` and unpacks it, only after its checksum matched.
 * @returns path of the executable, not yet in the cache.
 * @throws Error saying what could not be fetched, or that it is not what was pinned.
 */
export async function fetchRelease(
  artifact: Artifact,
  draft: string,
  { source, progress }: { source: ReleaseSource; progress: Progress },
): Promise<string> {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`
  const sha256 = source.checksums[artifact.version]?.[platform]
  if (sha256 === undefined) throw new Error(`no checksum of ${artifact.version} is pinned for ${platform}`)
  const name = `otelcol-contrib_${artifact.version}_${platform}.tar.gz`
  const url = `${source.url}/v${artifact.version}/${name}`
  const archive = await downloadPinned({ url, name, sha256 }, draft, progress)
  await execa('tar', ['-xzf', archive, '-C', draft, 'otelcol-contrib'])
  return join(draft, 'otelcol-contrib')
}
