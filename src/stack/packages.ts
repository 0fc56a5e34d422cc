/** Directories of packages and their dependencies. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
})

/**
 * Directories of `names` and their dependencies as Node resolves them from `from`, both links and their targets. Packages
 * that are not installed, such as those for other platforms, are omitted.
 */
export function packageDirectories(names: readonly string[], from: string): string[] {
  const found = new Set<string>()
  const waiting = names.map((name) => ({ name, from }))
  for (const next of waiting) {
    const directory = findPackage(next.name, next.from)
    if (directory === null || found.has(directory)) continue
    const real = realpathSync(directory)
    found.add(directory).add(real)
    const { dependencies, optionalDependencies } = manifest.parse(
      JSON.parse(readFileSync(join(real, 'package.json'), 'utf8')),
    )
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
      waiting.push({ name, from: real })
  }
  return [...found]
}

function findPackage(name: string, from: string): string | null {
  for (let at = from; ; at = dirname(at)) {
    const directory = join(at, 'node_modules', name)
    if (existsSync(join(directory, 'package.json'))) return directory
    if (at === dirname(at)) return null
  }
}
