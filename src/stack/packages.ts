/** Where the packages of a program lie, with all they depend on. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
})

/**
 * Directories of `names` and of what they depend on, as Node finds them from `from`; both where a package is looked for
 * and where a link there leads. What is not installed, as libraries of other platforms, is left out.
 */
export function packageDirectories(names: readonly string[], from: string): string[] {
  const found = new Set<string>()
  const waiting = names.map((name) => ({ name, from }))
  for (const next of waiting) {
    const place = locate(next.name, next.from)
    if (place === null || found.has(place)) continue
    const real = realpathSync(place)
    found.add(place).add(real)
    const { dependencies, optionalDependencies } = manifest.parse(
      JSON.parse(readFileSync(join(real, 'package.json'), 'utf8')),
    )
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
      waiting.push({ name, from: real })
  }
  return [...found]
}

function locate(name: string, from: string): string | null {
  for (let at = from; ; at = dirname(at)) {
    const place = join(at, 'node_modules', name)
    if (existsSync(join(place, 'package.json'))) return place
    if (at === dirname(at)) return null
  }
}
