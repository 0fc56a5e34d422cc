/** The built dashboard in memory: a request names a file that is there, never a path. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface DashboardFile {
  type: string
  plain: Uint8Array<ArrayBuffer>
  gzipped: Uint8Array<ArrayBuffer>
  etag: string
}

export interface DashboardFiles {
  /** By path, such as `/assets/index-1a2b.js`. */
  assets: ReadonlyMap<string, DashboardFile>
  /** The page, with `nonce` for the styles that its editor adds. */
  page: (nonce: string) => string
}

/** Where the page has the nonce of its reply; the build puts it there. */
export const NONCE_PLACEHOLDER = '__NONCE__'

/** Reads the files of a build, about a megabyte. @throws Error where `index.html` is missing */
export function readDashboard(directory: string): DashboardFiles {
  const index = readFileSync(join(directory, 'index.html'), 'utf8')
  const assets = new Map<string, DashboardFile>()
  for (const name of globSync('**/*', { cwd: directory })) {
    const type = TYPES[extname(name)]
    if (type === undefined || !statSync(join(directory, name)).isFile()) continue
    const plain = Uint8Array.from(readFileSync(join(directory, name)))
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
    assets.set(`/${name}`, { type, plain, gzipped: Uint8Array.from(gzipSync(plain)), etag })
  }
  return { assets, page: (nonce) => index.replaceAll(NONCE_PLACEHOLDER, nonce) }
}

/** What the dashboard may load: its own files, data of this service, and styles with the nonce. */
export function dashboardPolicy(nonce: string): string {
  return `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`
}
