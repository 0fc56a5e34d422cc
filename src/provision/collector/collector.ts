/** How the Collector is obtained. */
import { resolve } from 'node:path'
import type { Config } from '../../config.ts'
import { ExectrailError } from '../../errors.ts'
import { findCached, install } from '../cached-binary.ts'
import { executableAt, findGo, findOnPath } from '../executables.ts'
import { inDraft, provision, ProvisionError, type Attempt } from '../pipeline.ts'
import type { Progress } from '../progress.ts'
import { describeArtifact, type Artifact } from './artifact.ts'
import { buildCollector } from './build.ts'
import { containerProgram, findEngine } from './container.ts'
import { checkProgram, executable, type CollectorProgram } from './program.ts'
import { fetchRelease, OFFICIAL, type ReleaseSource } from './release.ts'

export interface Search {
  config: Pick<Config, 'cacheDir' | 'otelcolPath' | 'path' | 'ci'>
  /** Gets one line per attempt, for a person. */
  report: (line: string) => void
  release?: ReleaseSource
}

/**
 * EXECTRAIL_OTELCOL → cached → `otelcol-contrib` on PATH → official release → build → container image.
 * Several searches at once fetch or build it once.
 * @throws {ExectrailError} `stack_failed` listing why each way failed.
 */
export async function findCollector(search: Search): Promise<CollectorProgram> {
  const artifact = await describeArtifact(search.config.cacheDir)
  const cached = checked(cachedAttempt(artifact))
  try {
    const program = await provision({
      name: 'Collector',
      ready: [...namedAttempts(search), cached, checked(pathAttempt(search))],
      cached: [cached],
      making: makingAttempts(search, artifact).map(checked),
      cache: artifact.cache,
      key: artifact.key,
      reports: 'all',
      report: search.report,
    })
    search.report(`Collector: ${program.origin}`)
    return program
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error
    throw new ExectrailError('stack_failed', error.message, {
      hint: `install Go, or put otelcol-contrib ${artifact.version} on PATH, or set EXECTRAIL_OTELCOL to one`,
    })
  }
}

function checked(attempt: Attempt<CollectorProgram>): Attempt<CollectorProgram> {
  return { what: attempt.what, get: async () => checkProgram(await attempt.get()) }
}

function namedAttempts({ config }: Search): Attempt<CollectorProgram>[] {
  const path = config.otelcolPath
  if (path === null) return []
  const what = `EXECTRAIL_OTELCOL=${path}`
  return [checked({ what, get: async () => executable(await executableAt(resolve(path)), what) })]
}

function cachedAttempt(artifact: Artifact): Attempt<CollectorProgram> {
  return {
    what: 'cached',
    get: async () => executable(await findCached(artifact), `cached build ${artifact.key}`),
  }
}

function pathAttempt({ config }: Search): Attempt<CollectorProgram> {
  return {
    what: 'otelcol-contrib on PATH',
    async get() {
      const path = await findOnPath('otelcol-contrib', config.path)
      return executable(path, path)
    },
  }
}

function makingAttempts(search: Search, artifact: Artifact): Attempt<CollectorProgram>[] {
  const { config, release: source = OFFICIAL } = search
  const { version } = artifact
  return [
    {
      what: 'official release archive',
      get: () =>
        make(`fetching the official release ${version}`, search, artifact, (draft, progress) =>
          fetchRelease(artifact, draft, { source, progress }),
        ),
    },
    {
      what: 'build with the OpenTelemetry Collector Builder',
      async get() {
        const go = await findGo(config.path)
        const title = `building ${version} with ${go} (once, about 100 s)`
        return make(title, search, artifact, (draft, progress) =>
          buildCollector(artifact, draft, { path: config.path, progress }),
        )
      },
    },
    {
      what: 'official container image',
      async get() {
        await findEngine(config.path)
        return containerProgram(version, config.path)
      },
    },
  ]
}

function make(
  title: string,
  { config, report }: Search,
  artifact: Artifact,
  work: (draft: string, progress: Progress) => Promise<string>,
): Promise<CollectorProgram> {
  const { cache, key } = artifact
  const options = { cache, key, title: `Collector: ${title}`, report }
  return inDraft({ ...options, ci: config.ci }, async (draft, progress) => {
    const made = await work(draft, progress)
    await checkProgram(executable(made, made))
    return executable(await install(artifact, made), `made and cached in ${artifact.directory}`)
  })
}
