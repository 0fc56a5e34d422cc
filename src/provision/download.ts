/** Downloads, verified before anything reads them. */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { hashFile } from './cached-binary.ts'
import type { Progress } from './progress.ts'

const CONNECT_MS = 10_000
const TIMEOUT_MS = 15 * 60_000

/** A file at a URL, and the SHA-256 it must have. */
export interface PinnedFile {
  url: string
  name: string
  sha256: string
}

/**
 * Fetches `file` into `directory` and resolves to its path once its checksum matched.
 * @throws Error saying what could not be fetched, or that it is not what was pinned.
 */
export async function downloadPinned(
  { url, name, sha256 }: PinnedFile,
  directory: string,
  progress: Progress,
): Promise<string> {
  const path = join(directory, name)
  await download(url, path, progress)
  progress.stage('checking and unpacking')
  const actual = await hashFile(path)
  if (actual !== sha256) throw new Error(`${name} has the checksum ${actual}, expected ${sha256}`)
  return path
}

/** @throws Error that names the host that did not answer. */
async function download(url: string, path: string, progress: Progress): Promise<void> {
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
  await pipeline(response.body, counted, createWriteStream(path))
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(0)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
