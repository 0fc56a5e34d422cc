/** The wall around the store holds by itself: here no statement is looked at before the engine runs it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findStoreTools, IMPORTED, storeSandbox, writeFilter } from '../../src/stack/store-sandbox.ts'
import { temporaryDirectory } from '../support/directory.ts'

const CHDB = new URL('index.mjs', import.meta.resolve('chdb')).href
const CANARY = 'canary-5f1d'
const tools = await findStoreTools(process.env['PATH'] ?? '')

/** What each statement gave, or the engine's error. */
type Outcome = { sql: string; answer: string } | { sql: string; error: string }

const SPEAK_SQL = `
import { text } from 'node:stream/consumers'
import { Session } from '${CHDB}'
const { dataDir, statements } = JSON.parse(await text(process.stdin))
const session = new Session(dataDir)
const outcomes = []
for (const sql of statements)
  try {
    outcomes.push({ sql, answer: (await session.queryAsync(sql, { format: 'TSV' })).text() })
  } catch (error) {
    outcomes.push({ sql, error: error.message })
    await session.queryAsync('SELECT 1 FORMAT Null').catch(() => undefined)
  }
session.close()
process.stdout.write(JSON.stringify(outcomes))`

/** A program that has taken the process over. */
const LOOK_AROUND = `
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
const { dataDir, port, secrets } = JSON.parse(await text(process.stdin))
const attempt = (act) => { try { return String(act()) } catch (error) { return error.code } }
const writes = ['/x', '/dev/x', '/lib/x', secrets[0], process.execPath].map((path) => attempt(() => writeFileSync(path, 'x')))
const socket = connect(port, '127.0.0.1')
const network = await new Promise((resolve) => socket.once('connect', () => resolve('connected')).once('error', (error) => resolve(error.code)))
process.stdout.write(JSON.stringify({
  root: readdirSync('/').sort(),
  home: readdirSync(dataDir + '/..'),
  reads: secrets.map((path) => attempt(() => readFileSync(path, 'utf8'))),
  writes,
  network,
  interfaces: Object.keys(networkInterfaces()),
  environment: Object.keys(process.env).sort(),
  user: process.getuid(),
}))`

it('holds every file and package that the program of the store imports', async () => {
  const directory = join(import.meta.dirname, '../../src/clickhouse-endpoint')
  const packages = new Set<string>()
  for (const file of await readdir(directory, { recursive: true })) {
    if (!file.endsWith('.ts')) continue
    const path = join(directory, file)
    const source = await readFile(path, 'utf8')
    for (const [, name = ''] of source.matchAll(
      /(?:^(?:import|export)\b[^'\n=]*\bfrom |^\} from |^import |\bimport\()'(?!node:)([^']+)'/gmu,
    )) {
      if (name.startsWith('.')) expect(join(dirname(path), name)).toContain(`${directory}/`)
      else packages.add(name)
    }
  }
  expect([...packages].sort()).toEqual(IMPORTED)
})

describe.skipIf('missing' in tools)('the sandbox of the store', () => {
  let home: Awaited<ReturnType<typeof temporaryDirectory>>
  let port = 0
  let secret = ''
  const asked: string[] = []
  const canary = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end(CANARY)
  })

  beforeAll(async () => {
    home = await temporaryDirectory()
    secret = join(home.path, 'secret.txt')
    await writeFile(secret, `${CANARY}\n`)
    await mkdir(dataDir())
    await writeFile(join(dataDir(), 'inside.txt'), 'inside\n')
    await once(canary.listen(0, '127.0.0.1'), 'listening')
    port = (canary.address() as AddressInfo).port
  })
  afterAll(async () => {
    canary.close()
    await home[Symbol.asyncDispose]()
  })

  const dataDir = (): string => join(home.path, 'data')

  async function runInside(program: string, input: object, wrapper?: readonly string[]): Promise<string> {
    if ('missing' in tools) throw new Error(tools.missing.what)
    const filter = await writeFilter(home.path)
    const words =
      wrapper ??
      (await storeSandbox({
        ...tools,
        filter,
        dataDir: dataDir(),
        memoryBytes: 1_073_741_824,
        env: { TZ: 'UTC' },
      }))
    const [command, ...args] = [...words, process.execPath, '--input-type=module', '-e', program]
    const child = spawn(command, args, {
      env: { PATH: process.env['PATH'] },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.end(JSON.stringify(input))
    const [said, complaint] = await Promise.all([text(child.stdout), buffer(child.stderr)])
    expect(said, complaint.toString('utf8')).not.toBe('')
    return said
  }

  /** Ways out of the engine that were found or that its manual describes. */
  function waysOut(): string[] {
    const url = `http://127.0.0.1:${port}/`
    return [
      'SET http_max_tries = 1, connections_with_failover_max_tries = 1, connect_timeout = 1',
      `SELECT * FROM default.\`${secret}\``,
      `SELECT * FROM file('${secret}', 'LineAsString')`,
      `SELECT file('${secret}')`,
      `SELECT arrayMap(file, ['${secret}'])`,
      `SELECT * APPLY file FROM (SELECT '${secret}' AS a)`,
      `SELECT * FROM values('a String, b String ALIAS file(''${secret}'')', 'x')`,
      `SELECT b FROM format(JSONEachRow, 'a String, b String DEFAULT file(''${secret}'')', '{"a":"x"}')`,
      `SELECT * FROM file('${home.path}/*', 'LineAsString')`,
      `SELECT hasColumnInTable('default', '${secret}', 'c1')`,
      `DESCRIBE TABLE file('${secret}', 'CSV')`,
      `CREATE DATABASE outside ENGINE = Filesystem('${home.path}')`,
      'SELECT * FROM outside.`secret.txt`',
      `INSERT INTO default.\`${secret}\` SELECT 'written'`,
      `INSERT INTO FUNCTION file('${secret}', 'LineAsString', 'a String') SELECT 'written'`,
      `INSERT INTO FUNCTION file('${home.path}/new.txt', 'LineAsString', 'a String') SELECT 'written'`,
      `SELECT 'written' INTO OUTFILE '${home.path}/new.txt'`,
      `BACKUP DATABASE system TO File('${home.path}/backup')`,
      `SELECT * FROM url('${url}url', 'LineAsString')`,
      `INSERT INTO FUNCTION url('${url}insert', 'LineAsString', 'a String') SELECT 'x'`,
      `CREATE DICTIONARY d (k UInt64, v String) PRIMARY KEY k SOURCE(HTTP(url '${url}dictionary' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0) SETTINGS(http_max_tries = 1)`,
      `SELECT dictGet('d', 'v', 1)`,
      `SELECT * FROM executable('/bin/cat ${secret}', 'TSV', 'a String', (SELECT 1))`,
      `SELECT * FROM remote('127.0.0.1:${port}', 'system', 'one')`,
      `SELECT * FROM sqlite('${secret}', 't')`,
    ]
  }

  async function speak(statements: readonly string[], wrapper?: readonly string[]): Promise<Outcome[]> {
    return JSON.parse(await runInside(SPEAK_SQL, { dataDir: dataDir(), statements }, wrapper)) as Outcome[]
  }

  it('lets the engine work on its data', async () => {
    const outcomes = await speak([
      'CREATE DATABASE kept ENGINE = Atomic',
      'CREATE TABLE kept.t (a UInt8) ENGINE = MergeTree ORDER BY a',
      'INSERT INTO kept.t SELECT number FROM numbers(10)',
      'SELECT sum(a) FROM kept.t',
      `SELECT * FROM file('${dataDir()}/inside.txt', 'LineAsString')`,
      "SELECT toString(toDateTime('2026-07-01 00:00:00', 'UTC'), 'Europe/Berlin')",
    ])
    expect(outcomes.map((outcome) => ('answer' in outcome ? outcome.answer.trim() : outcome.error))).toEqual([
      '',
      '',
      '',
      '45',
      'inside',
      '2026-07-01 02:00:00',
    ])
  })

  it('shows no statement a file outside, lets none write one and none reach the network', async () => {
    const before = await readdir(home.path)
    const outcomes = await speak(waysOut())
    const leaks = outcomes.filter((outcome) => 'answer' in outcome && outcome.answer.includes(CANARY))
    expect(leaks).toEqual([])
    expect(await readFile(secret, 'utf8')).toBe(`${CANARY}\n`)
    expect(await readdir(home.path)).toEqual(before)
    expect(asked).toEqual([])
  })

  it('is what stops them: without it the same statements read, write and connect', async () => {
    const outcomes = await speak(
      waysOut()
        .slice(1, 6)
        .concat(waysOut().filter((sql) => sql.includes('/url'))),
      [],
    )
    expect(outcomes).toHaveLength(6)
    for (const outcome of outcomes) expect(outcome).toMatchObject({ answer: expect.stringContaining(CANARY) })
    expect(asked).toContain('/url')
  })

  it('shows a program that has taken the process over nothing but the data and its own libraries', async () => {
    const secrets = [
      secret,
      '/etc/passwd',
      '/etc/hostname',
      '/proc/1/environ',
      '/sys/kernel/notes',
      fileURLToPath(import.meta.url),
    ]
    const seen = JSON.parse(await runInside(LOOK_AROUND, { dataDir: dataDir(), port, secrets })) as Record<
      string,
      unknown
    >
    expect(seen).toMatchObject({
      home: ['data'],
      reads: secrets.map(() => 'ENOENT'),
      network: 'ECONNREFUSED',
      interfaces: ['lo'],
      environment: ['PWD', 'TZ'],
      user: 1000,
    })
    expect(seen['root']).not.toContain('proc')
    expect(seen['writes']).toEqual([
      'EROFS',
      'EROFS',
      'EROFS',
      'EROFS',
      expect.stringMatching(/^(?:EROFS|ETXTBSY)$/u),
    ])
  })
})
