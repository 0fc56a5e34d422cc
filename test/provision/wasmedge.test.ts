/** Getting WasmEdge: each way that leads to it, and what is said of those that do not. */
import { createServer } from 'node:http'
import { globSync } from 'node:fs'
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { engineCommand } from '../../src/provision/wasmedge/engine.ts'
import { engineCache, findEngine, type Search } from '../../src/provision/wasmedge/wasmedge.ts'
import type { ReleaseSource } from '../../src/provision/wasmedge/release.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

const NOWHERE = '/nonexistent'

function search(
  change: { cacheDir: string; path?: string; release?: ReleaseSource },
  lines: string[],
): Search {
  const { release, ...config } = change
  return {
    config: { path: NOWHERE, ci: true, ...config },
    report: (line) => lines.push(line),
    ...(release === undefined ? {} : { release }),
  }
}

/** A program that names itself as the engine does. */
async function putProgram(path: string, version: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `#!/bin/sh\necho "wasmedge version ${version}"\n`)
  await chmod(path, 0o755)
}

async function serve(body: Uint8Array | null): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((_request, response) => {
    if (body === null) response.writeHead(404).end()
    else response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const archives = {
  [`${process.platform}_${process.arch}`]: { name: 'engine.tar.gz', sha256: '0'.repeat(64) },
}

describe('finding WasmEdge', () => {
  it('takes the one on PATH, with the directory it came in', async () => {
    await using directory = await temporaryDirectory()
    await putProgram(join(directory.path, 'home/bin/wasmedge'), '0.17.1')
    const path = `${NOWHERE}:${join(directory.path, 'home/bin')}`
    const engine = await findEngine(search({ cacheDir: join(directory.path, 'cache'), path }, []))
    expect(engine.version).toBe('0.17.1')
    expect(engine.root).toBe(join(directory.path, 'home'))
    expect(engineCommand(engine, '/elsewhere')).toEqual(['/elsewhere/bin/wasmedge'])
  })
  it('passes by a program of that name that is not the engine', async () => {
    await using directory = await temporaryDirectory()
    const program = join(directory.path, 'bin/wasmedge')
    await putProgram(program, 'of my own')
    const { url, ...server } = await serve(null)
    const lines: string[] = []
    const found = findEngine(
      search({ cacheDir: directory.path, path: dirname(program), release: { url, archives } }, lines),
    )
    await expect(found).rejects.toThrow(/wasmedge on PATH: it does not start/)
    await server[Symbol.asyncDispose]()
  })
  it('says why each way failed, and what to do', async () => {
    await using directory = await temporaryDirectory()
    await using server = await serve(null)
    const lines: string[] = []
    const error: unknown = await findEngine(
      search({ cacheDir: directory.path, release: { url: server.url, archives } }, lines),
    ).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'runtime_unavailable' })
    expect((error as { hint: string }).hint).toContain('wasmedge')
    const message = (error as Error).message
    for (const way of ['wasmedge on PATH: not there', 'cached', 'answered 404', "Debian's packages: "])
      expect(message).toContain(way)
    expect(lines.filter((line) => line.includes('official release archive'))).toHaveLength(1)
  })
  it('unpacks nothing whose checksum is another, and leaves nothing behind', async () => {
    await using directory = await temporaryDirectory()
    await using server = await serve(Buffer.from('not what was pinned'))
    await expect(
      findEngine(search({ cacheDir: directory.path, release: { url: server.url, archives } }, [])),
    ).rejects.toThrow(/has the checksum [0-9a-f]{64}, expected 0{64}/)
    const left = await readdir(engineCache(directory.path))
    expect(left.filter((name) => !name.startsWith('engine.lock'))).toEqual([])
  })
})

await findWasmedge()
const shelf = engineCache(wasmedgeOptions().cacheDir)
const cached = globSync('*/layout.json', { cwd: shelf })

describe.skipIf(cached.length === 0)('the engine in the cache (skipped where it was not fetched)', () => {
  it('is found again without asking anybody', async () => {
    await using directory = await temporaryDirectory()
    await mkdir(join(directory.path, 'wasmedge'))
    await symlink(shelf, join(directory.path, 'wasmedge/engine'))
    const lines: string[] = []
    const engine = await findEngine(search({ cacheDir: directory.path }, lines))
    expect(engine.origin).toMatch(/^cached /)
    expect(lines).toEqual([])
  })
})
