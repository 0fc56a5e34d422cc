/** A disk without space, on which the engine acknowledges what it could not write. */
import { once } from 'node:events'
import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, type TestContext } from 'vitest'
import { mountSmallDisk, type SmallDisk } from '../chaos/small-disk.ts'
import { startProcess } from '../support/clickhouse.ts'
import { temporaryDirectory } from '../support/directory.ts'

const MINUTE = { timeout: 60_000 }

async function startAt(home: string) {
  const credentials = join(home, 'credentials.json')
  await writeFile(credentials, JSON.stringify({ users: [{ name: 'u', password: 'p', access: 'full' }] }))
  const args = ['--data', join(home, 'data'), '--credentials', credentials, '--port', '0']
  const { child, url } = await startProcess(args)
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    child,
    async ask(query: string, settings = ''): Promise<string> {
      const response = await fetch(`${url}/?user=u&password=p${settings}`, { method: 'POST', body: query })
      return `${response.status} ${(await response.text()).trim()}`.trim()
    },
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function freshHome(): Promise<string> {
  const directory = await temporaryDirectory()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  return directory.path
}

/** With the data on a disk of its own; skips the test where none may be mounted. */
async function homeOnSmallDisk(skip: TestContext['skip']): Promise<{ home: string; disk: SmallDisk }> {
  const home = await freshHome()
  const disk = mountSmallDisk(join(home, 'data'), 256)
  if (disk === null) return skip('a small disk needs the right to mount one')
  onTestFinished(() => disk.unmount())
  return { home, disk }
}

it('takes rows again that it had in a part found broken at its start', MINUTE, async () => {
  const home = await freshHome()
  const insert = async (endpoint: Awaited<ReturnType<typeof startAt>>, value: number): Promise<string> =>
    endpoint.ask(`INSERT INTO t SELECT ${value}`, `&insert_deduplication_token=${value}`)
  const first = await startAt(home)
  await first.ask('CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a')
  await insert(first, 1)
  await insert(first, 2)
  await first.stop()
  await emptyFiles(join(home, 'data', 'store'), 'all_2_2_0')
  const second = await startAt(home)
  expect(await second.ask('SELECT groupArray(a) FROM t')).toBe('200 [1]')
  await insert(second, 1)
  await insert(second, 2)
  await insert(second, 2)
  expect(await second.ask('SELECT arraySort(groupArray(a)) FROM t')).toBe('200 [1,2]')
  await second.stop()
})

it(
  'ends when its disk runs full, refuses what needs space then, and serves when it has some',
  MINUTE,
  async ({ skip }) => {
    const { home, disk } = await homeOnSmallDisk(skip)
    const first = await startAt(home)
    await first.ask('CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a')
    expect(await first.ask('INSERT INTO t SELECT 1')).toBe('200')
    const ended = once(first.child, 'exit')
    disk.fill()
    expect(await ended).toEqual([null, 'SIGKILL'])
    const second = await startAt(home)
    expect(await second.ask('INSERT INTO t SELECT 2')).toMatch(/^507 Code: 243/u)
    expect(await second.ask('SELECT count() FROM t')).toMatch(/^507 Code: 243.*no space is left/u)
    disk.clear()
    expect(await second.ask('INSERT INTO t SELECT 3')).toBe('200')
    expect(await second.ask('SELECT arraySort(groupArray(a)) FROM t')).toBe('200 [1,3]')
    await second.stop()
  },
)

it('leaves the last of the space to others', MINUTE, async ({ skip }) => {
  const { home, disk } = await homeOnSmallDisk(skip)
  const endpoint = await startAt(home)
  await endpoint.ask('CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a')
  disk.fill(14)
  expect(await endpoint.ask('INSERT INTO t SELECT 1')).toMatch(/^507 Code: 243.*Cannot reserve/u)
  expect(await endpoint.ask('SELECT count() FROM t')).toBe('200 0')
  await endpoint.stop()
})

/** What a disk without space leaves of a part. */
async function emptyFiles(store: string, part: string): Promise<void> {
  const entries = await readdir(store, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath.endsWith(`/${part}`))
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) await truncate(join(file.parentPath, file.name), 0)
}
