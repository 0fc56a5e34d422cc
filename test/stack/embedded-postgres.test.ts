import { spawn } from 'node:child_process'
import { lstatSync, readlinkSync, statSync } from 'node:fs'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/metadata/database.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/stack/embedded-postgres.ts'
import { freshHome } from '../support/of-test.ts'

const IS_ROOT = process.getuid?.() === 0

async function start(home: string): Promise<EmbeddedPostgres> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const started = await startEmbeddedPostgres({ home })
  onTestFinished(() => (started.process.state === 'stopped' ? undefined : stop(started)))
  return started
}

async function stop({ process: running, release }: EmbeddedPostgres): Promise<void> {
  await running.stop()
  await release()
}

async function show({ url }: EmbeddedPostgres, setting: string): Promise<unknown> {
  const database = openDatabase(url)
  try {
    const { rows } = await sql<Record<string, string>>`SHOW ${sql.id(setting)}`.execute(database.queries)
    return rows[0]?.[setting]
  } finally {
    await database.close()
  }
}

it('listens only on a socket, also in a long home, acknowledges what is on disk, and is not root', async () => {
  const parent = await freshHome()
  await chmod(parent, 0o755)
  const home = join(parent, 'h'.repeat(120))
  const started = await start(home)
  expect(started.socketDirectory).toMatch(/^\/tmp\/exectrail-/)
  expect(statSync(started.socketDirectory).mode & 0o777).toBe(0o700)
  expect(await show(started, 'listen_addresses')).toBe('')
  expect(await show(started, 'fsync')).toBe('on')
  expect(await show(started, 'synchronous_commit')).toBe('on')
  expect(statSync(`/proc/${started.process.pid}`).uid).not.toBe(0)
  await stop(started)
  expect(() => lstatSync(started.socketDirectory)).toThrow('ENOENT')
})

it('starts although a lock file names a process that has the same number since', async () => {
  const home = await freshHome()
  const first = await start(home)
  const data = join(home, 'postgres', 'data')
  const { uid, gid } = statSync(data)
  await stop(first)
  const other = spawn('sleep', ['60'], { uid, gid })
  onTestFinished(() => void other.kill())
  await writeFile(join(data, 'postmaster.pid'), `${other.pid}\n${data}\n1\n5432\n`)
  const second = await start(home)
  expect(await show(second, 'fsync')).toBe('on')
})

it('begins again after a first start that was cut off', async () => {
  const home = await freshHome()
  await mkdir(join(home, 'postgres', 'data.new', 'base'), { recursive: true })
  expect(await show(await start(home), 'fsync')).toBe('on')
  expect(await readdir(join(home, 'postgres'))).not.toContain('data.new')
})

it.runIf(IS_ROOT)("is elsewhere, with a link to it, where root's home is closed to others", async () => {
  const closed = await freshHome()
  const home = join(closed, 'home')
  const first = await start(home)
  const elsewhere = readlinkSync(join(home, 'postgres'))
  onTestFinished(() => rm(elsewhere, { recursive: true, force: true }))
  expect(elsewhere).toMatch(/^\/var\/lib\/exectrail\/postgres-/)
  await stop(first)
  const second = await start(home)
  expect(await show(second, 'data_directory')).toBe(join(elsewhere, 'data'))
})
