import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PASSWORD, startClickHouse, USER, type RunningClickHouse } from '../support/clickhouse.ts'
import { environmentFor, exectrail } from '../support/command-line.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { insertStarted } from '../support/started.ts'

let home: TemporaryDirectory
let clickhouse: RunningClickHouse
let env: Record<string, string>

const anHourAgo = new Date(Date.now() - 3_600_000).toISOString()
const stored = makeRecord({ startedAt: anHourAgo })
const lost = makeRecord({ startedAt: anHourAgo, organizationId: 'lossy', codeAgentId: 'agent \u001b[2J' })

beforeAll(async () => {
  home = await temporaryDirectory()
  clickhouse = await startClickHouse()
  await insertStarted(clickhouse, [stored, lost])
  await insertRecords(clickhouse, [stored])
  await mkdir(join(home.path, 'outbox', 'dead'), { recursive: true })
  const json = JSON.stringify({
    attributes: [{ key: 'code_exec.execution.id', value: { stringValue: lost.executionId } }],
  })
  const at = new Date().toISOString()
  const line = JSON.stringify({ at, signal: 'logs', reason: 'status 400: no\u0007', json })
  await writeFile(join(home.path, 'outbox', 'dead', `${at.slice(0, 10)}.ndjson`), `${line}\n`)
  const store = { CLICKHOUSE_URL: clickhouse.url, CLICKHOUSE_USER: USER, CLICKHOUSE_PASSWORD: PASSWORD }
  env = environmentFor(home.path, store)
})
afterAll(async () => {
  await clickhouse.stop()
  await home[Symbol.asyncDispose]()
})

it('ends well where everything begun is stored', async () => {
  const { exitCode, stdout, stderr } = await exectrail(['reconcile', '--org', 'acme'], env)
  expect(exitCode, stderr).toBe(0)
  expect(stdout).toMatch(
    /^begun +stored +pending +missing +spanless +duplicated +dead\n1 +1 +0 +0 +0 +0 +0\n$/u,
  )
  expect(stderr).toBe('Everything begun is stored, once.\n')
})

it('exits 1 and names what is missing, and what was refused for good and why', async () => {
  const { exitCode, stdout, stderr } = await exectrail(['reconcile'], env)
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(new RegExp(`missing execution[^]*${lost.executionId} .* agent ␛\\[2J`, 'u'))
  expect(stdout).toMatch(new RegExp(`dead letter of[^]*${lost.executionId} .* status 400: no␇`, 'u'))
  expect(stdout).not.toContain(stored.executionId)
  expect(stderr).toContain('exectrail doctor')
})

it('prints one JSON value', async () => {
  const { exitCode, stdout } = await exectrail(['reconcile', '--since', '2h', '--json'], env)
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    begun: 2,
    stored: 1,
    missingCount: 1,
    missing: [{ executionId: lost.executionId }],
    deadCount: 1,
    dead: [{ executionId: lost.executionId, reason: 'status 400: no\u0007' }],
  })
})

it('says that what began more than a week ago cannot be found missing', async () => {
  const { stderr } = await exectrail(['reconcile', '--since', '30d'], env)
  expect(stderr).toContain('for a week')
})

it('refuses times that are none, each by its option', async () => {
  const { exitCode, stderr } = await exectrail(['reconcile', '--from', 'yesterday', '--to', 'now'], env)
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/--from: write ISO[\s\S]*--to: write ISO/)
})

it('says what to do where no store is known', async () => {
  const { exitCode, stderr } = await exectrail(['reconcile'], environmentFor(home.path))
  expect(exitCode).toBe(125)
  expect(stderr).toMatch(/no store is known[\s\S]*fix: Set CLICKHOUSE_URL/)
})
