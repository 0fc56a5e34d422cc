/** How the dashboard's files are obtained: those of the package, else built once and cached. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import type { Config } from '../config.ts'
import { inDraft, provision, type Attempt } from './pipeline.ts'

const SOURCE = join(import.meta.dirname, '..', 'dashboard')
/** Where `npm run build` and the container image put the files. */
const BUILT = join(SOURCE, 'built')
/** All that the built files depend on. */
const PARTS = ['src/**/*.{ts,tsx,css,html,svg}', 'package-lock.json']

export interface DashboardSearch {
  config: Pick<Config, 'cacheDir' | 'ci'>
  /** Gets one line per attempt, for a person. */
  report: (line: string) => void
}

/**
 * The directory with `index.html` and its assets: of the package → cached → built with vite.
 * @throws {ProvisionError} with the reason of each way
 */
export async function obtainDashboard({ config, report }: DashboardSearch): Promise<string> {
  const cache = join(config.cacheDir, 'dashboard')
  const built: Attempt<string> = { what: 'built files of the package', get: async () => complete(BUILT) }
  if (!existsSync(join(SOURCE, 'main.tsx'))) return built.get()
  const key = describeSource()
  const target = join(cache, key)
  const cached: Attempt<string> = { what: 'cached', get: async () => complete(target) }
  const build: Attempt<string> = {
    what: 'a build with vite',
    get: () =>
      inDraft({ cache, key, title: 'Dashboard: building, once', report, ci: config.ci }, async (draft) => {
        const made = join(draft, 'built')
        await buildDashboard(made)
        await rename(complete(made), target)
        return target
      }),
  }
  return provision({
    name: 'Dashboard',
    ready: [built, cached],
    cached: [cached],
    making: [build],
    cache,
    key,
    reports: 'making',
    report,
  })
}

/**
 * Builds the dashboard into the directory.
 * @throws Error with vite's own words
 */
export async function buildDashboard(target: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('vite/package.json')
  const vite = join(dirname(manifest), 'bin', 'vite.js')
  const options = [
    'build',
    SOURCE,
    '--outDir',
    target,
    '--emptyOutDir',
    '--logLevel',
    'warn',
    '--bypass-lock',
  ]
  const { exitCode, all } = await execa(process.execPath, [vite, ...options], { all: true, reject: false })
  if (exitCode !== 0) throw new Error(`vite failed: ${all.slice(-2000)}`)
}

function complete(directory: string): string {
  if (existsSync(join(directory, 'index.html'))) return directory
  throw new Error(`nothing in ${directory}`)
}

function describeSource(): string {
  const root = join(SOURCE, '..', '..')
  const hash = createHash('sha256')
  for (const file of globSync(PARTS, { cwd: root }).toSorted())
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}
