/** The official release archive of the contrib distribution, its checksum pinned here. */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { execa } from 'execa'
import type { Artifact } from './artifact.ts'
import { hashFile } from './cache.ts'
import type { Progress } from './progress.ts'

const RELEASES = 'https://github.com/open-telemetry/opentelemetry-collector-releases/releases/download'
const CONNECT_MS = 10_000
const TIMEOUT_MS = 15 * 60_000

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
  const expected = source.checksums[artifact.version]?.[platform]
  if (expected === undefined) throw new Error(`no checksum of ${artifact.version} is pinned for ${platform}`)
  const name = `otelcol-contrib_${artifact.version}_${platform}.tar.gz`
  const archive = join(draft, name)
  await download(`${source.url}/v${artifact.version}/${name}`, archive, progress)
  progress.stage('checking and unpacking')
  const actual = await hashFile(archive)
  if (actual !== expected) throw new Error(`${name} has the checksum ${actual}, expected ${expected}`)
  await execa('tar', ['-xzf', archive, '-C', draft, 'otelcol-contrib'])
  return join(draft, 'otelcol-contrib')
}

/** Fetches `url` to `path`, telling how far it is. @throws Error that names the host that did not answer. */
export async function download(url: string, path: string, progress: Progress): Promise<void> {
  progress.stage('connecting')
  const connecting = new AbortController()
  const late = setTimeout(() => connecting.abort(new Error('no answer in 10 s')), CONNECT_MS)
  const signal = AbortSignal.any([connecting.signal, AbortSignal.timeout(TIMEOUT_MS)])
  const response = await fetch(url, { signal })
    .catch((error: unknown) => {
      throw new Error(`${new URL(url).host} does not answer (${reasonOf(error)})`)
    })
    .finally(() => clearTimeout(late))
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`)
  const totalBytes = Number(response.headers.get('content-length') ?? 0)
  let bytes = 0
  const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength
      progress.stage(`${mebibytes(bytes)} of ${mebibytes(totalBytes)} MiB`)
      yield chunk
    }
  }
  await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(path))
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(0)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
