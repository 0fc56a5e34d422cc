/** Gets a WasmEdge, by the first way that works. */
import { access, chmod, constants, mkdir, readdir, realpath, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Config } from '../../config.ts'
import { RuntimeUnavailableError } from '../../errors.ts'
import { waitForLock } from '../lock.ts'
import { withProgress, type Progress } from '../otelcol/progress.ts'
import { DEBIAN_SUITE, fetchDebian } from './debian.ts'
import { openEngine, readLayout, writeLayout, type Engine, type Layout } from './engine.ts'
import { fetchRelease, OFFICIAL, RELEASE_VERSION, type ReleaseSource } from './release.ts'

export interface Search {
  config: Pick<Config, 'cacheDir' | 'path' | 'ci'>
  /** Gets one line per attempt, for a person. */
  report: (line: string) => void
  release?: ReleaseSource
}

interface Attempt {
  what: string
  /** Rejects with the reason, in words, when this way does not lead to an engine. */
  get(): Promise<Engine>
}

/** Where this user's engines lie. */
export function engineShelf(cacheDir: string): string {
  return join(cacheDir, 'wasmedge', 'engine')
}

const RELEASE_KEY = `release-${RELEASE_VERSION}`
const DEBIAN_KEY = `debian-${DEBIAN_SUITE}`

/**
 * `wasmedge` on PATH → cached → official release → Debian's packages in a directory of their own. Several
 * searches at once fetch it once.
 * @throws {RuntimeUnavailableError} listing why each way failed.
 */
export async function findEngine(search: Search): Promise<Engine> {
  const { cacheDir } = search.config
  const ready: Attempt[] = [
    { what: 'wasmedge on PATH', get: () => engineOnPath(search.config.path) },
    ...cachedAttempts(cacheDir),
  ]
  const failures: string[] = []
  const found = await firstOf(ready, failures, () => undefined)
  if (found !== null) return found
  const made = await underLock(
    search,
    // Another process may have got it while this one waited for the lock.
    async () =>
      (await firstOf(cachedAttempts(cacheDir), failures, () => undefined)) ??
      firstOf(fetchAttempts(search), failures, search.report),
  )
  if (made !== null) return made
  throw new RuntimeUnavailableError(`no WasmEdge could be had:\n  ${failures.join('\n  ')}`, {
    hint: `install WasmEdge ${RELEASE_VERSION} or newer so that \`wasmedge\` is on PATH (https://wasmedge.org/docs/start/install; apt-get install -y wasmedge on Debian 13)`,
  })
}

async function firstOf(
  attempts: readonly Attempt[],
  failures: string[],
  report: (line: string) => void,
): Promise<Engine | null> {
  for (const attempt of attempts) {
    try {
      return await attempt.get()
    } catch (error) {
      const failure = `${attempt.what}: ${error instanceof Error ? error.message : String(error)}`
      if (!failures.includes(failure)) failures.push(failure)
      report(`WasmEdge: ${failure}`)
    }
  }
  return null
}

function cachedAttempts(cacheDir: string): Attempt[] {
  return [RELEASE_KEY, DEBIAN_KEY].map((key) => ({
    what: `cached ${key}`,
    async get() {
      const root = join(engineShelf(cacheDir), key)
      return openEngine(root, await readLayout(root), `cached ${key}`)
    },
  }))
}

function fetchAttempts(search: Search): Attempt[] {
  const source = search.release ?? OFFICIAL
  const { path } = search.config
  return [
    {
      what: 'official release archive',
      get: () =>
        fetchInto(
          search,
          RELEASE_KEY,
          `WasmEdge: fetching the official release ${RELEASE_VERSION}`,
          (draft, progress) => fetchRelease(draft, { source, progress }),
        ),
    },
    {
      what: `Debian's packages`,
      get: () =>
        fetchInto(
          search,
          DEBIAN_KEY,
          `WasmEdge: fetching Debian ${DEBIAN_SUITE}'s packages`,
          (draft, progress) => fetchDebian(draft, { path, progress }),
        ),
    },
  ]
}

/** Makes it beside its place and moves it there once it has started, so that it is there whole or not at all. */
async function fetchInto(
  { config, report }: Search,
  key: string,
  title: string,
  fetchTo: (draft: string, progress: Progress) => Promise<Layout>,
): Promise<Engine> {
  const shelf = engineShelf(config.cacheDir)
  const draft = join(shelf, `.draft-${key}-${process.pid}`)
  await mkdir(draft, { recursive: true })
  try {
    const show = process.stderr.isTTY && !config.ci ? 'spinner' : 'lines'
    const parts = await withProgress({ title, report, show }, (progress) => fetchTo(draft, progress))
    await openEngine(draft, parts, key)
    await writeLayout(draft, parts)
    await chmod(draft, 0o755)
    const root = join(shelf, key)
    await rm(root, { recursive: true, force: true })
    await rename(draft, root)
    return await openEngine(root, parts, key)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function underLock<T>({ config, report }: Search, work: () => Promise<T>): Promise<T> {
  const shelf = engineShelf(config.cacheDir)
  await mkdir(shelf, { recursive: true, mode: 0o755 })
  const lock = await waitForLock(join(shelf, 'fetch.lock'), (owner) =>
    report(`WasmEdge: ${owner === null ? 'another process' : `process ${owner}`} is getting it; waiting`),
  )
  try {
    for (const entry of await readdir(shelf))
      if (entry.startsWith('.draft-')) await rm(join(shelf, entry), { recursive: true, force: true })
    return await work()
  } finally {
    lock.release()
  }
}

/** One that the system owns is seen where it is; one in a directory of its own (~/.wasmedge) has its root there. */
async function engineOnPath(path: string): Promise<Engine> {
  for (const directory of path.split(delimiter).filter((part) => part !== '')) {
    const candidate = join(directory, 'wasmedge')
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (!usable) continue
    const program = await realpath(candidate)
    if (program.startsWith('/usr/bin/') || program.startsWith('/bin/'))
      return openEngine(null, { program, loader: null, libraries: null }, program)
    const root = dirname(dirname(program))
    return openEngine(
      root,
      { program: program.slice(root.length + 1), loader: null, libraries: null },
      program,
    )
  }
  throw new Error('not there')
}
