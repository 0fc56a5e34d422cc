import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { restartMark } from '../../src/clickhouse-endpoint/restart-mark.ts'
import { identify } from '../../src/process-identity.ts'
import { startStore, type StoreComponent } from '../../src/stack/store-component.ts'
import type { StoreAccess } from '../../src/stack/store-users.ts'
import { findStoreTools } from '../../src/stack/store-sandbox.ts'
import { findExecutable } from '../../src/runtimes/sandbox/find-tools.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { freshHome } from '../support/of-test.ts'
import { configFor } from '../support/stack.ts'
import { waitFor } from '../support/wait.ts'

const tools = await findStoreTools(process.env['PATH'] ?? '')

async function start(
  extra: Record<string, string> = {},
): Promise<AsyncDisposable & { home: string; store: StoreComponent; said: string[] }> {
  const home = await temporaryDirectory()
  const said: string[] = []
  await mkdir(join(home.path, 'logs'))
  const store = await startStore(configFor(home.path, extra), (line) => said.push(line))
  return {
    home: home.path,
    store,
    said,
    async [Symbol.asyncDispose]() {
      await store.stop()
      await home[Symbol.asyncDispose]()
    },
  }
}

function ask({ url, user, password, database }: StoreAccess, sql: string): Promise<Response> {
  return fetch(`${url}/?database=${database}`, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password },
  })
}

async function answer(access: StoreAccess, sql: string): Promise<string> {
  const reply = await ask(access, sql)
  return `${reply.status} ${await reply.text()}`.trim()
}

/** Directory of this process's own control group for memory; null without version 1 of them. */
async function ownGroup(): Promise<string | null> {
  const lines = (await readFile('/proc/self/cgroup', 'utf8')).split('\n')
  const path = lines.find((line) => line.includes(':memory:'))?.split(':')[2]
  return path === undefined ? null : join('/sys/fs/cgroup/memory', path)
}

function isWritable(path: string): Promise<boolean> {
  return fs.access(path, fs.constants.W_OK).then(
    () => true,
    () => false,
  )
}

function isConnected(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).finally(() => socket.destroy()) as Promise<boolean>
}

describe.skipIf('missing' in tools)('the embedded store, in its sandbox', () => {
  let started: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    started = await start()
  })
  afterAll(async () => {
    const { pid } = started.store.status()
    await started[Symbol.asyncDispose]()
    const directory = await ownGroup()
    const groups = directory === null ? [] : await fs.readdir(directory)
    expect(groups).not.toContain(`exectrail-${pid}-store`)
  })

  it('knows people, the service, the Collector and a reader, each by a password of its own', async () => {
    const { admin, service, collector, reader } = started.store.users
    const users = [admin, service, collector, reader].filter((user) => user !== null)
    expect(users).toHaveLength(4)
    expect(new Set(users.map(({ password }) => password)).size).toBe(4)
    for (const user of users) expect(await answer(user, 'SELECT 1')).toBe('200 1')
    expect(started.store.endpoints).toMatchObject({
      clickhouseUser: admin.user,
      clickhouseReader: reader?.user,
      clickhouseReaderPassword: reader?.password,
    })
  })

  it('lets the reader read and not write', async () => {
    const { admin, reader } = started.store.users
    if (reader === null) throw new Error('there is no reader')
    expect(await answer(admin, 'CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a')).toBe('200')
    expect(await answer(reader, 'SELECT count() FROM t')).toBe('200 0')
    expect(await answer(reader, 'INSERT INTO t SELECT 1')).toContain('Code: ')
    expect(await answer(reader, 'SELECT count() FROM t')).toBe('200 0')
  })

  it('is killed and restarted once it asks for it, and keeps its data', async () => {
    const { admin } = started.store.users
    expect(await answer(admin, 'CREATE TABLE kept ENGINE = MergeTree ORDER BY a AS SELECT 1 AS a')).toBe(
      '200',
    )
    const { restarts } = started.store.status()
    await writeFile(restartMark(join(started.home, 'clickhouse')), 'statements do not end')
    await waitFor(async () => started.store.status().restarts > restarts || null, {
      what: 'the restart',
    })
    await waitFor(async () => started.store.status().state === 'ready' || null, {
      what: 'the store',
    })
    expect(await answer(admin, 'SELECT a FROM kept')).toBe('200 1')
    expect(started.store.status().lastError).toContain('statements do not end')
  })

  it.each(['/etc/hostname', 'x.csv'])(
    'has no table that is the file %s, for any of its users',
    async (path) => {
      const { admin, reader } = started.store.users
      for (const user of [admin, reader]) {
        if (user === null) throw new Error('there is no reader')
        for (const sql of [
          `SELECT * FROM default.\`${path}\``,
          `INSERT INTO default.\`${path}\` SELECT 1`,
          `SELECT hasColumnInTable('default', '${path}', 'c1')`,
        ])
          expect(await answer(user, sql)).toMatch(/^[45]\d\d Code: /u)
      }
    },
  )

  it('has an empty database where the engine would show files', async () => {
    const engine = "SELECT engine FROM system.databases WHERE name = 'default'"
    expect(await answer(started.store.users.admin, engine)).toBe('200 Memory')
  })

  it('shows none of its users where the host keeps the data', async () => {
    const { admin, reader } = started.store.users
    for (const user of [admin, reader]) {
      if (user === null) throw new Error('there is no reader')
      for (const sql of [
        'SELECT data_path FROM system.databases',
        'SELECT path FROM system.parts',
        'SELECT data_paths FROM system.tables',
        'SHOW PROCESSLIST',
      ]) {
        const shown = await answer(user, sql)
        expect(shown).toMatch(/^200 /u)
        expect(shown).not.toContain(started.home)
      }
    }
  })

  it('has a control group for its memory where one can be made', async () => {
    const directory = await ownGroup()
    const { pid } = started.store.status()
    const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8')
    const isGrouped = new RegExp(`:memory:.*/exectrail-${pid}-store$`, 'mu').test(groups)
    expect(isGrouped).toBe(directory !== null && (await isWritable(directory)))
  })

  it('keeps its port while it is killed and started again: who connects meanwhile is served', async () => {
    const { store } = started
    const before = store.status()
    if (before.pid === null) throw new Error('it has no process')
    const port = Number(new URL(before.url).port)
    process.kill(before.pid, 'SIGKILL')
    await waitFor(() => store.status().state === 'restarting', { what: 'its end' })
    expect(await isConnected(port)).toBe(true)
    expect(await answer(store.users.service, 'SELECT 2')).toBe('200 2')
    await waitFor(() => store.status().state === 'ready', { what: 'the store' })
    expect(store.status()).toMatchObject({ restarts: before.restarts + 1, url: before.url })
    expect(identify(before.pid)).toBeNull()
  })
})

describe('the embedded store without a sandbox', () => {
  /** A PATH without bubblewrap, or with one that `script` stands for. */
  async function pathWith(script: string | null): Promise<string> {
    const directory = await temporaryDirectory()
    onTestFinished(() => directory[Symbol.asyncDispose]())
    if (script === null) return directory.path
    await writeFile(join(directory.path, 'bwrap'), script)
    await chmod(join(directory.path, 'bwrap'), 0o755)
    const perl = findExecutable('perl', process.env['PATH'] ?? '') ?? ''
    return [directory.path, dirname(perl)].join(delimiter)
  }

  it.each([
    ['bubblewrap is absent', null, /bubblewrap was not found.*apt-get install/u],
    ['bubblewrap is old', '#!/bin/sh\necho bubblewrap 0.4.1\n', /0\.4\.1 is too old.*apt-get install/u],
    [
      'namespaces are refused',
      '#!/bin/sh\n[ "$1" = --version ] && exec echo bubblewrap 0.8.0\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
      /namespaces are refused: bwrap: No permissions to create new namespace/u,
    ],
  ])('serves without a reader and says why: %s', async (_, script, why) => {
    await using started = await start({ PATH: await pathWith(script) })
    const { store, said } = started
    expect(store.users.reader).toBeNull()
    expect(store.endpoints).toMatchObject({ clickhouseReader: null, clickhouseReaderPassword: null })
    expect(said).toContainEqual(expect.stringMatching(why))
    const id = randomUUID()
    expect(await answer(store.users.admin, `SELECT '${id}'`)).toBe(`200 ${id}`)
    const guess = { ...store.users.admin, user: `${store.users.admin.user}_reader` }
    expect(await answer(guess, 'SELECT 1')).toContain('Code: 516')
  })

  it('tells every failure that is not the sandbox’s as what it is', async () => {
    const home = await freshHome()
    await mkdir(join(home, 'logs'))
    await mkdir(join(home, 'clickhouse'))
    await writeFile(join(home, 'clickhouse', 'metadata'), 'no directory')
    await expect(startStore(configFor(home), () => undefined)).rejects.toThrow(/File exists/u)
  })
})
