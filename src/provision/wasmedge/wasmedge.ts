/** How WasmEdge is obtained. */
import { chmod, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../../config.ts'
import { RuntimeUnavailableError } from '../../errors.ts'
import { findOnPath } from '../executables.ts'
import { inDraft, provision, ProvisionError, type Attempt } from '../pipeline.ts'
import type { Progress } from '../progress.ts'
import { DEBIAN_SUITE, fetchDebian } from './debian.ts'
import { openEngine, readLayout, writeLayout, type Engine, type Layout } from './engine.ts'
import { fetchRelease, OFFICIAL, RELEASE_VERSION, type ReleaseSource } from './release.ts'

export interface Search {
  config: Pick<Config, 'cacheDir' | 'path' | 'ci'>
  /** Gets one line per attempt, for a person. */
  report: (line: string) => void
  release?: ReleaseSource
}

/** Where this user's engines lie. */
export function engineCache(cacheDir: string): string {
  return join(cacheDir, 'wasmedge', 'engine')
}

const RELEASE_KEY = `release-${RELEASE_VERSION}`
const DEBIAN_KEY = `debian-${DEBIAN_SUITE}`
const CACHE_KEY = 'engine'

/**
 * `wasmedge` on PATH → cached → official release → Debian's packages in a directory of their own. Several
 * searches at once fetch it once.
 * @throws {RuntimeUnavailableError} listing why each way failed.
 */
export async function findEngine(search: Search): Promise<Engine> {
  const { cacheDir, path } = search.config
  const cached = cachedAttempts(cacheDir)
  try {
    return await provision({
      name: 'WasmEdge',
      ready: [{ what: 'wasmedge on PATH', get: () => engineOnPath(path) }, ...cached],
      cached,
      making: fetchAttempts(search),
      cache: engineCache(cacheDir),
      key: CACHE_KEY,
      reports: 'making',
      report: search.report,
    })
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error
    throw new RuntimeUnavailableError(error.message, {
      hint: `install WasmEdge ${RELEASE_VERSION} or newer so that \`wasmedge\` is on PATH (https://wasmedge.org/docs/start/install; apt-get install -y wasmedge on Debian 13)`,
    })
  }
}

function cachedAttempts(cacheDir: string): Attempt<Engine>[] {
  return [RELEASE_KEY, DEBIAN_KEY].map((key) => ({
    what: `cached ${key}`,
    async get() {
      const root = join(engineCache(cacheDir), key)
      return openEngine(root, await readLayout(root), `cached ${key}`)
    },
  }))
}

function fetchAttempts(search: Search): Attempt<Engine>[] {
  const { config, release: source = OFFICIAL } = search
  const { path } = config
  return [
    {
      what: 'official release archive',
      get: () =>
        fetchInto(
          search,
          RELEASE_KEY,
          `fetching the official release ${RELEASE_VERSION}`,
          (draft, progress) => fetchRelease(draft, { source, progress }),
        ),
    },
    {
      what: `Debian's packages`,
      get: () =>
        fetchInto(search, DEBIAN_KEY, `fetching Debian ${DEBIAN_SUITE}'s packages`, (draft, progress) =>
          fetchDebian(draft, { path, progress }),
        ),
    },
  ]
}

/** Makes it beside its place and moves it there once it has started, so that it is complete or absent. */
function fetchInto(
  { config, report }: Search,
  key: string,
  title: string,
  fetchTo: (draft: string, progress: Progress) => Promise<Layout>,
): Promise<Engine> {
  const cache = engineCache(config.cacheDir)
  const options = { cache, key: CACHE_KEY, title: `WasmEdge: ${title}`, report, ci: config.ci }
  return inDraft(options, async (draft, progress) => {
    const layout = await fetchTo(draft, progress)
    await openEngine(draft, layout, key)
    await writeLayout(draft, layout)
    await chmod(draft, 0o755)
    const root = join(cache, key)
    await rm(root, { recursive: true, force: true })
    await rename(draft, root)
    return openEngine(root, layout, key)
  })
}

/** One that the system owns is seen where it is; one in a directory of its own (~/.wasmedge) has its root there. */
async function engineOnPath(path: string): Promise<Engine> {
  const program = await realpath(await findOnPath('wasmedge', path))
  if (program.startsWith('/usr/bin/') || program.startsWith('/bin/'))
    return openEngine(null, { program, loader: null, libraries: null }, program)
  const root = dirname(dirname(program))
  return openEngine(root, { program: program.slice(root.length + 1), loader: null, libraries: null }, program)
}
