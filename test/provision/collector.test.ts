import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { describeArtifact } from '../../src/provision/collector/artifact.ts'
import { install } from '../../src/provision/cached-binary.ts'
import { findCollector, type Search } from '../../src/provision/collector/collector.ts'
import type { CollectorProgram } from '../../src/provision/collector/program.ts'
import type { ReleaseSource } from '../../src/provision/collector/release.ts'
import { temporaryDirectory } from '../support/directory.ts'

/** A Collector that is quickly made: it accepts every configuration. */
const WILLING = '#!/bin/sh\nexit 0\n'
/** Nothing here can build or run containers. */
const BARE_PATH = '/nowhere'
const UNREACHABLE: ReleaseSource = { url: 'http://127.0.0.1:1', checksums: {} }

async function searchIn(extra: Partial<Search['config']> = {}): Promise<Search & { said: string[] }> {
  const directory = await temporaryDirectory()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  const said: string[] = []
  const config = { cacheDir: directory.path, otelcolPath: null, path: BARE_PATH, ci: true, ...extra }
  return { config, said, report: (line) => said.push(line), release: UNREACHABLE }
}

async function writeProgram(path: string, script: string): Promise<string> {
  await writeFile(path, script)
  await chmod(path, 0o755)
  return path
}

async function fillCache(search: Search): Promise<string> {
  const artifact = await describeArtifact(search.config.cacheDir)
  return install(artifact, await writeProgram(join(search.config.cacheDir, 'made'), WILLING))
}

function commandOf(program: CollectorProgram): string {
  return program.command({ fragments: ['config.yaml'], env: {}, queueDirectory: '/q' }).command
}

describe('getting the Collector', () => {
  it('takes the path in EXECTRAIL_OTELCOL first', async () => {
    const search = await searchIn()
    await fillCache(search)
    const named = await writeProgram(join(search.config.cacheDir, 'mine'), WILLING)
    search.config.otelcolPath = named
    expect(commandOf(await findCollector(search))).toBe(named)
    expect(search.said).toEqual([`Collector: EXECTRAIL_OTELCOL=${named}`])
  })

  it('goes on, saying why, when that one does not understand the configuration', async () => {
    const search = await searchIn()
    const binary = await fillCache(search)
    const refuse = '#!/bin/sh\necho "unknown exporter: clickhouse" >&2\nexit 1\n'
    search.config.otelcolPath = await writeProgram(join(search.config.cacheDir, 'mine'), refuse)
    expect(commandOf(await findCollector(search))).toBe(binary)
    expect(search.said[0]).toBe(
      `Collector: EXECTRAIL_OTELCOL=${search.config.otelcolPath}: unknown exporter: clickhouse`,
    )
  })

  it('does not run a cached one that was changed', async () => {
    const search = await searchIn()
    await writeFile(await fillCache(search), '#!/bin/sh\necho changed\n')
    await expect(findCollector(search)).rejects.toThrow('no Collector could be obtained')
    expect(search.said[0]).toMatch(/^Collector: cached: .*otelcol-exectrail does not match its checksum$/)
  })

  it('does not take a cached one whose making was interrupted before its checksum', async () => {
    const search = await searchIn()
    const artifact = await describeArtifact(search.config.cacheDir)
    await fillCache(search)
    await rm(artifact.checksumFile)
    await expect(findCollector(search)).rejects.toThrow('cached: none yet')
  })

  it('takes otelcol-contrib on PATH when nothing is cached', async () => {
    const search = await searchIn()
    const bin = join(search.config.cacheDir, 'bin')
    await mkdir(bin)
    const path = await writeProgram(join(bin, 'otelcol-contrib'), WILLING)
    search.config.path = `/nowhere:${bin}`
    expect(commandOf(await findCollector(search))).toBe(path)
  })

  it('lists why each way failed, with one line for each, and what to do', async () => {
    const search = await searchIn()
    await expect(findCollector(search)).rejects.toMatchObject({
      code: 'stack_failed',
      hint: expect.stringContaining('install Go'),
    })
    expect(search.said).toEqual([
      'Collector: cached: none yet',
      'Collector: otelcol-contrib on PATH: not there',
      expect.stringMatching(/^Collector: fetching the official release [\d.]+$/),
      expect.stringMatching(/^Collector: official release archive: no checksum of .* is pinned for /),
      'Collector: build with the OpenTelemetry Collector Builder: Go is not installed (https://go.dev/dl)',
      'Collector: official container image: no container engine answers',
    ])
  })

  it('pins a checksum of the release for every usual platform', async () => {
    const { OFFICIAL } = await import('../../src/provision/collector/release.ts')
    const { version } = await describeArtifact('/cache')
    const pinned = OFFICIAL.checksums[version] ?? {}
    expect(Object.keys(pinned)).toEqual(['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'])
    for (const checksum of Object.values(pinned)) expect(checksum).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('the official release archive', () => {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`

  async function serveRelease(
    checksum: (archive: Buffer) => string,
  ): Promise<{ source: ReleaseSource; asked: string[] }> {
    const directory = await temporaryDirectory()
    onTestFinished(() => directory[Symbol.asyncDispose]())
    await writeProgram(join(directory.path, 'otelcol-contrib'), WILLING)
    await execa('tar', ['-czf', 'archive.tar.gz', 'otelcol-contrib'], { cwd: directory.path })
    const archive = await readFile(join(directory.path, 'archive.tar.gz'))
    const asked: string[] = []
    const server = createServer((request, reply) => {
      asked.push(request.url ?? '')
      // Slow enough that a second search finds the first one at work.
      setTimeout(() => reply.end(archive), 50)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const { version } = await describeArtifact('/cache')
    const checksums = { [version]: { [platform]: checksum(archive) } }
    return { source: { url: `http://127.0.0.1:${port}`, checksums }, asked }
  }

  it('is fetched once, verified, unpacked and cached, however many ask at once', async () => {
    const search = await searchIn()
    const release = await serveRelease((archive) => createHash('sha256').update(archive).digest('hex'))
    const { version, binary, cache, key } = await describeArtifact(search.config.cacheDir)
    // Left by one that was killed.
    await mkdir(join(cache, `.draft-${key}-1`), { recursive: true })
    const programs = await Promise.all(
      [1, 2, 3].map(() => findCollector({ ...search, release: release.source })),
    )
    expect(programs.map(commandOf)).toEqual([binary, binary, binary])
    expect(release.asked).toEqual([`/v${version}/otelcol-contrib_${version}_${platform}.tar.gz`])
    expect(await readFile(binary, 'utf8')).toBe(WILLING)
    expect((await readdir(cache)).filter((name) => name.startsWith('.draft'))).toEqual([])
  })

  it('is thrown away when its checksum is another', async () => {
    const search = await searchIn()
    const { source } = await serveRelease(() => '0'.repeat(64))
    await expect(findCollector({ ...search, release: source })).rejects.toThrow(
      /has the checksum [0-9a-f]{64}, expected 0{64}/,
    )
    const { cache } = await describeArtifact(search.config.cacheDir)
    expect((await readdir(cache)).filter((name) => !name.includes('.lock'))).toEqual([])
  })
})

describe('the container image', () => {
  it('is used where an engine answers, without credentials on its command line', async () => {
    const search = await searchIn()
    const bin = join(search.config.cacheDir, 'bin')
    await mkdir(bin)
    await writeProgram(join(bin, 'docker'), '#!/bin/sh\necho 28.2.2\n')
    search.config.path = `${bin}:/usr/bin:/bin`
    // Go may be on that path; without a module proxy it cannot build.
    await writeProgram(join(bin, 'go'), '#!/bin/sh\nexit 1\n')
    const program = await findCollector(search)
    expect(program.origin).toMatch(/^container image otel\/opentelemetry-collector-contrib:[\d.]+$/)
    const { args, env } = program.command({
      fragments: ['config.yaml', 'token.yaml'],
      env: { CLICKHOUSE_PASSWORD: 'secret' },
      queueDirectory: '/q',
    })
    expect(args).toContain('--env=CLICKHOUSE_PASSWORD')
    expect(args.join(' ')).not.toContain('secret')
    expect(args.slice(-4)).toEqual([
      '--config',
      '/etc/exectrail/config.yaml',
      '--config',
      '/etc/exectrail/token.yaml',
    ])
    expect(env).toMatchObject({ CLICKHOUSE_PASSWORD: 'secret', QUEUE_DIRECTORY: '/var/lib/otelcol/queue' })
  })
})

describe('the cached Collector of this machine', () => {
  it('lies where its version and component list say, once it was made', async () => {
    const config = loadConfig()
    const program = await findCollector({ config, report: () => undefined })
    const copy = join((await describeArtifact(config.cacheDir)).directory, 'otelcol-exectrail')
    expect([copy, config.otelcolPath]).toContain(commandOf(program))
  })
})
