/**
 * Adds to package-lock.json the optional packages of other platforms that a registry mirror lacks: without
 * them `npm ci` refuses the file. They are never fetched where os, cpu or libc differ.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface Locked {
  version: string
  optional?: boolean
  dev?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

const path = new URL('../package-lock.json', import.meta.url)
const lock: { packages: Record<string, Locked> } = JSON.parse(readFileSync(path, 'utf8'))

function platformOf(name: string): Partial<Locked> {
  if (name.includes('windows')) return { os: ['win32'] }
  const [os, cpu] =
    /(?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>\w+)/u.exec(name)?.slice(1) ?? []
  if (os === undefined || cpu === undefined) throw new Error(`${name} names no platform`)
  const libc = name.includes('musl') ? { libc: ['musl'] } : name.includes('gnu') ? { libc: ['glibc'] } : {}
  return { os: [os], cpu: [cpu], ...libc }
}

let added = 0
for (const holder of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(holder.optionalDependencies ?? {})) {
    if (
      lock.packages[`node_modules/${name}`] !== undefined ||
      !/(?:darwin|linux|win32|windows|android|freebsd|openharmony)/u.test(name)
    )
      continue
    const dev = holder.dev === true ? { dev: true } : {}
    lock.packages[`node_modules/${name}`] = {
      version: version.replace(/^[~^]/u, ''),
      optional: true,
      ...dev,
      ...platformOf(name),
    }
    added += 1
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`added ${added}`)
