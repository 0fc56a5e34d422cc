/** The official release archive of WasmEdge, its checksum pinned here. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { downloadPinned } from '../download.ts'
import type { Progress } from '../progress.ts'
import type { Layout } from './engine.ts'

const RELEASES = 'https://github.com/WasmEdge/WasmEdge/releases/download'

/** The release Debian 13 has too, so that every way leads to the same engine. */
export const RELEASE_VERSION = '0.14.1'

/** Where release folders lie, and what their archives have to be. */
export interface ReleaseSource {
  url: string
  /** Archive name and SHA-256 by `<platform>_<arch>` of Node. */
  archives: Readonly<Record<string, { name: string; sha256: string }>>
}

export const OFFICIAL: ReleaseSource = {
  url: RELEASES,
  archives: {
    linux_x64: {
      name: `WasmEdge-${RELEASE_VERSION}-manylinux2014_x86_64.tar.gz`,
      sha256: 'a82f9fb01a6a6f1dfbd1cb069dc96d116f22c15cdb01207a5d0e65096055d092',
    },
    linux_arm64: {
      name: `WasmEdge-${RELEASE_VERSION}-manylinux2014_aarch64.tar.gz`,
      sha256: 'd5ac5c2405ff8a878558379740498e5fe4b126fe746eac585f7efa9bb7f32e28',
    },
    darwin_x64: {
      name: `WasmEdge-${RELEASE_VERSION}-darwin_x86_64.tar.gz`,
      sha256: '96d01cf083d4f7e1c55683dc4b60acca6d8517ad901e2d7b4b5d64ca9a6532e0',
    },
    darwin_arm64: {
      name: `WasmEdge-${RELEASE_VERSION}-darwin_arm64.tar.gz`,
      sha256: '38dd10f4e78d339be91e0c3501055d4dad9bf08c3dc648e07a30df9bea2d6c4a',
    },
  },
}

/**
 * Fetches the archive for this platform and unpacks it into `draft`, only after its checksum matched.
 * @throws Error saying what could not be fetched, or that it is not what was pinned.
 */
export async function fetchRelease(
  draft: string,
  { source, progress }: { source: ReleaseSource; progress: Progress },
): Promise<Layout> {
  const platform = `${process.platform}_${process.arch}`
  const archive = source.archives[platform]
  if (archive === undefined) throw new Error(`no checksum of ${RELEASE_VERSION} is pinned for ${platform}`)
  const url = `${source.url}/${RELEASE_VERSION}/${archive.name}`
  const path = await downloadPinned({ url, ...archive }, draft, progress)
  // One folder at the top, whose name says the platform; bin/wasmedge finds its library beside it.
  await execa('tar', ['-xzf', path, '-C', draft, '--strip-components=1'])
  await rm(path)
  await Promise.all(
    ['include', 'plugin'].map((name) => rm(join(draft, name), { recursive: true, force: true })),
  )
  return { program: 'bin/wasmedge', loader: null, libraries: null }
}
