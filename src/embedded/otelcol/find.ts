/** Gets a Collector, by the first way that works. */
import { access, constants, mkdir, rm } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import type { Config } from '../../config.ts'
import { ExectrailError } from '../../errors.ts'
import { waitForLock } from '../lock.ts'
import { describeArtifact, type Artifact } from './artifact.ts'
import { buildCollector, findGo } from './build.ts'
import { findCached, installCollector, openDraft, sweepDrafts } from './cache.ts'
import { containerProgram, findEngine } from './container.ts'
import { checkProgram, executable, type CollectorProgram } from './program.ts'
import { withProgress, type Progress } from './progress.ts'
import { fetchRelease, OFFICIAL, type ReleaseSource } from './release.ts'

export interface Search {
  config: Pick<Config, 'cacheDir' | 'otelcolPath' | 'path' | 'ci'>
  /** Gets one line per attempt, for a person. */
  report: (line: string) => void
  release?: ReleaseSource
}

interface Attempt {
  what: string
  /** Rejects with the reason, in words, when this way does not lead to a Collector. */
  get(): Promise<CollectorProgram>
}

/**
 * EXECTRAIL_OTELCOL → cached → `otelcol-contrib` on PATH → official release → build → container image.
 * Several searches at once fetch or build it once.
 * @throws {ExectrailError} `stack_failed` listing why each way failed.
 */
export async function findCollector(search: Search): Promise<CollectorProgram> {
  const artifact = await describeArtifact(search.config.cacheDir)
  const failures: string[] = []
  const ready = await firstOf(readyAttempts(search, artifact), search, failures)
  if (ready !== null) return ready
  const made = await underLock(artifact, search, async () => {
    // Another process may have made it while this one waited.
    const meanwhile = await findCached(artifact).catch(() => null)
    const attempts = meanwhile === null ? makingAttempts(search, artifact) : [cachedAttempt(artifact)]
    return firstOf(attempts, search, failures)
  })
  if (made !== null) return made
  throw new ExectrailError('stack_failed', `no Collector could be had:\n  ${failures.join('\n  ')}`, {
    hint: `install Go, or put otelcol-contrib ${artifact.version} on PATH, or set EXECTRAIL_OTELCOL to one`,
  })
}

async function firstOf(
  attempts: readonly Attempt[],
  { report }: Search,
  failures: string[],
): Promise<CollectorProgram | null> {
  for (const attempt of attempts) {
    try {
      const program = await checkProgram(await attempt.get())
      report(`Collector: ${program.origin}`)
      return program
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      failures.push(`${attempt.what}: ${reason}`)
      report(`Collector: ${attempt.what}: ${reason}`)
    }
  }
  return null
}

function readyAttempts({ config }: Search, artifact: Artifact): Attempt[] {
  const named = config.otelcolPath
  const given: Attempt[] =
    named === null
      ? []
      : [
          {
            what: `EXECTRAIL_OTELCOL=${named}`,
            get: async () => executable(await executableAt(resolve(named)), `EXECTRAIL_OTELCOL=${named}`),
          },
        ]
  const onPath: Attempt = {
    what: 'otelcol-contrib on PATH',
    async get() {
      const path = await searchPath('otelcol-contrib', config.path)
      return executable(path, path)
    },
  }
  return [...given, cachedAttempt(artifact), onPath]
}

function makingAttempts(search: Search, artifact: Artifact): Attempt[] {
  const { config, release = OFFICIAL } = search
  return [
    {
      what: 'official release archive',
      get: () =>
        make(
          `Collector: fetching the official release ${artifact.version}`,
          search,
          artifact,
          (draft, progress) => fetchRelease(artifact, draft, { source: release, progress }),
        ),
    },
    {
      what: 'build with the OpenTelemetry Collector Builder',
      async get() {
        const go = await findGo(config.path)
        const title = `Collector: building ${artifact.version} with ${go} (once, about 100 s)`
        return make(title, search, artifact, (draft, progress) =>
          buildCollector(artifact, draft, { path: config.path, progress }),
        )
      },
    },
    {
      what: 'official container image',
      async get() {
        await findEngine(config.path)
        return containerProgram(artifact.version, config.path)
      },
    },
  ]
}

async function make(
  title: string,
  { config, report }: Search,
  artifact: Artifact,
  work: (draft: string, progress: Progress) => Promise<string>,
): Promise<CollectorProgram> {
  const draft = await openDraft(artifact)
  const show = process.stderr.isTTY && !config.ci ? 'spinner' : 'lines'
  try {
    const made = await withProgress({ title, report, show }, (progress) => work(draft, progress))
    await checkProgram(executable(made, made))
    return executable(await installCollector(artifact, made), `made and cached in ${artifact.directory}`)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

function cachedAttempt(artifact: Artifact): Attempt {
  return {
    what: 'cached',
    get: async () => executable(await findCached(artifact), `cached build ${artifact.key}`),
  }
}

async function underLock<T>(artifact: Artifact, { report }: Search, work: () => Promise<T>): Promise<T> {
  await mkdir(artifact.shelf, { recursive: true, mode: 0o700 })
  const lock = await waitForLock(`${artifact.directory}.lock`, (owner) =>
    report(`Collector: process ${owner ?? 'unknown'} is getting it; waiting`),
  )
  try {
    await sweepDrafts(artifact)
    return await work()
  } finally {
    lock.release()
  }
}

async function searchPath(name: string, path: string): Promise<string> {
  for (const directory of path.split(delimiter)) {
    const found = await executableAt(join(directory, name)).catch(() => null)
    if (found !== null) return found
  }
  throw new Error('not there')
}

async function executableAt(path: string): Promise<string> {
  await access(path, constants.X_OK).catch(() => {
    throw new Error('no executable file')
  })
  return path
}
