/** Links to content over HTTP: what they give without a key, to whom they are given, and what a wrong one answers. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { storeBlob } from '../../src/blobs/objects.ts'
import { createClient } from '../../src/client/index.ts'
import { openDatabase } from '../../src/metadata/database.ts'
import { listAudit } from '../../src/metadata/audit-log.ts'
import { keepLinkSecret } from '../../src/metadata/link-secret.ts'
import { createLink, openLink } from '../../src/service/content-links.ts'
import type { Scope } from '../../src/store/scope.ts'
import { contentOf, sha256Of } from '../blobs/content.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import {
  ACME_KEY,
  ADMIN_KEY,
  EXECUTE_KEY,
  GLOBEX_KEY,
  READ_KEY,
  readProblem,
  withKey,
  WORKSPACE_KEY,
} from '../support/service.ts'

const stdout = Buffer.from(`${'a line of output\n'.repeat(20_000)}the end`)
const chart = randomBytes(50_000)
const manifest = Buffer.from(
  JSON.stringify([{ path: 'charts/chart.png', bytes: chart.length, sha256: sha256Of(chart) }]),
)
const run = makeRecord({
  stdoutBytes: stdout.length,
  stdoutBlob: sha256Of(stdout),
  inputBlob: sha256Of('never stored'),
  filesBlob: sha256Of(manifest),
  result: '{"sum":6}',
})

let directory: TemporaryDirectory
let metadata: TestMetadata
let stack: ApiStack
let parts: Parameters<typeof createLink>[0]
beforeAll(async () => {
  directory = await temporaryDirectory()
  metadata = await startMetadata()
  const store = new DirectoryBlobStore(join(directory.path, 'blobs'))
  const blobs = { store, keyring: keyringOf([]), maxWaitMs: 86_400_000 }
  const { database, keys } = metadata
  stack = await startApiStack({ blobs, metadata: { database, keys } })
  const scope: Scope = { organizationId: 'acme' }
  const actor = { keyId: null, name: 'test', address: null }
  parts = {
    store: stack.clickhouse.store,
    blobs,
    database,
    contentDays: null,
    scope,
    actor,
    secretsKey: null,
  }
  await insertRecords(stack.clickhouse, [run])
  for (const content of [stdout, chart, manifest]) {
    const name = { organizationId: 'acme', sha256: sha256Of(content) }
    await storeBlob(blobs, name, contentOf(content))
  }
})
afterAll(async () => {
  await stack.stop()
  await metadata[Symbol.asyncDispose]()
  await directory[Symbol.asyncDispose]()
})

function ask(body: object, key = ACME_KEY, { executionId } = run): Promise<Response> {
  return stack.service.post(`/v1/executions/${executionId}/links`, body, withKey(key).headers)
}

async function linkTo(body: object, key = ACME_KEY, to = run): Promise<{ url: string; expiresAt: string }> {
  const answer = await ask(body, key, to)
  expect(answer.status).toBe(200)
  return (await answer.json()) as { url: string; expiresAt: string }
}

const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer())
const withToken = (token: string): string =>
  `${stack.service.url}/v1/links?token=${encodeURIComponent(token)}`
const tokenOf = (url: string): string => new URL(url).searchParams.get('token') ?? ''

describe('a link', () => {
  it('gives content without a key, whole or in ranges, to no cache and no other site', async () => {
    const before = Date.now()
    const { url, expiresAt } = await linkTo({ part: 'stdout', expiresInSeconds: 60 })
    expect(Date.parse(expiresAt)).toBeGreaterThan(before + 58_000)
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + 60_000)
    const answer = await fetch(url)
    expect(answer.status).toBe(200)
    expect((await bytesOf(answer)).equals(stdout)).toBe(true)
    const { headers } = answer
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('Cache-Control')).toContain('private')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(headers.get('ETag')).toBe(`"${sha256Of(stdout)}"`)
    const end = await fetch(url, { headers: { Range: 'bytes=-7' } })
    expect([end.status, await end.text()]).toEqual([206, 'the end'])
    const head = await fetch(url, { method: 'HEAD' })
    expect(head.headers.get('Content-Length')).toBe(String(stdout.length))
    const saved = await fetch(`${url}&download=1`)
    expect(saved.headers.get('Content-Disposition')).toMatch(/^attachment;/u)
    await saved.body?.cancel()
  })

  it('leads to content that the record has itself, and to a file of /out', async () => {
    expect(await (await fetch((await linkTo({ part: 'result' })).url)).json()).toEqual({ sum: 6 })
    const file = await fetch((await linkTo({ file: 'charts/chart.png' }, ADMIN_KEY)).url)
    expect(file.headers.get('Content-Disposition')).toContain('attachment; filename="chart.png"')
    expect((await bytesOf(file)).equals(chart)).toBe(true)
  })

  it('is in the log of changes: who made it, of what, until when, and never the link itself', async () => {
    const { expiresAt } = await linkTo({ file: 'charts/chart.png', expiresInSeconds: 60 }, READ_KEY)
    const refused = await ask({ part: 'stdout' }, GLOBEX_KEY)
    expect(refused.status).toBe(404)
    const { queries } = metadata.database
    const newest = { action: 'content.link', subject: run.executionId, before: null, limit: 1 } as const
    const entries = await listAudit(queries, { organizationId: 'acme' }, newest)
    expect(entries).toMatchObject([
      { actor: { address: '127.0.0.1' }, detail: { file: 'charts/chart.png', expiresAt } },
    ])
    expect(Object.keys(entries[0]?.detail ?? {})).toEqual(['file', 'expiresAt'])
    expect(await listAudit(queries, { organizationId: 'globex' }, newest)).toEqual([])
  })

  it('answers the same for one that is changed, of another, made up or over', async () => {
    const { url } = await linkTo({ part: 'result' })
    const other = tokenOf((await linkTo({ part: 'code' })).url)
    const token = tokenOf(url)
    const [body = '', signature = ''] = token.split('.')
    const past = await createLink(
      parts,
      { executionId: run.executionId, seconds: 60, to: { part: 'result' } },
      Date.now() - 61_000,
    )
    const wrong = [body, `${body}.`, `.${signature}`, `${other.split('.')[0]}.${signature}`]
    const answers = new Set<string>()
    for (const one of [...wrong, `${token}.${signature}`, `${token}=`, past.token, 'x', '..', '\u0000']) {
      const problem = await readProblem(await fetch(withToken(one)))
      expect(problem).toMatchObject({ status: 404, code: 'not_found' })
      answers.add(`${problem.detail} ${problem.hint}`)
    }
    expect(answers.size).toBe(1)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.'),
        async (at, sign) => {
          fc.pre(token[at] !== sign)
          const answer = await fetch(withToken(`${token.slice(0, at)}${sign}${token.slice(at + 1)}`))
          expect((await readProblem(answer)).code).toBe('not_found')
        },
      ),
      { numRuns: 100 },
    )
    expect((await fetch(url)).status).toBe(200)
  })

  it('is given only to a key that may read the execution, for content that is there', async () => {
    expect((await ask({ part: 'result' }, READ_KEY)).status).toBe(200)
    for (const key of [GLOBEX_KEY, WORKSPACE_KEY])
      expect(await readProblem(await ask({ part: 'result' }, key))).toMatchObject({ code: 'not_found' })
    expect(await readProblem(await ask({ part: 'result' }, EXECUTE_KEY))).toMatchObject({ code: 'forbidden' })
    expect(await readProblem(await ask({ part: 'input' }))).toMatchObject({ code: 'content_pending' })
    expect(await readProblem(await ask({ file: '../etc/passwd' }))).toMatchObject({ code: 'not_found' })
    for (const body of [
      {},
      { part: 'result', file: 'charts/chart.png' },
      { part: 'environment' },
      { part: 'result', expiresInSeconds: 3601 },
      { part: 'result', expiresInSeconds: 0 },
    ])
      expect((await ask(body)).status).toBe(422)
  })

  it('ends with the content of its execution', async () => {
    const short = makeRecord({ code: 'print(1)' })
    await insertRecords(stack.clickhouse, [short], 1)
    const { url } = await linkTo({ part: 'code' }, ACME_KEY, short)
    expect(await (await fetch(url)).text()).toBe('print(1)')
    await insertRecords(stack.clickhouse, [{ ...short, code: null, requestLoss: 'content expired' }])
    expect(await readProblem(await fetch(url))).toMatchObject({ status: 410, code: 'content_expired' })
  })

  it('is made by the client', async () => {
    const client = createClient({ url: stack.service.url, key: ACME_KEY })
    const { url } = await client.createContentLink({ id: run.executionId, file: 'charts/chart.png' })
    expect((await bytesOf(await fetch(url))).equals(chart)).toBe(true)
  })
})

describe('the secret of links', () => {
  it('is made once, whatever many services begin, and all links end with it', async () => {
    const { url } = await linkTo({ part: 'result' })
    await metadata.database.queries.deleteFrom('link_secret').execute()
    expect((await fetch(url)).status).toBe(404)
    const databases = Array.from({ length: 4 }, () => openDatabase(metadata.postgres.url))
    onTestFinished(async () => void (await Promise.all(databases.map((database) => database.close()))))
    const kept = await Promise.all(
      databases.map(({ queries }) => keepLinkSecret(queries, randomBytes(32).toString('hex'))),
    )
    expect(new Set(kept).size).toBe(1)
    expect((await fetch(url)).status).toBe(404)
    expect((await fetch((await linkTo({ part: 'result' })).url)).status).toBe(200)
  })

  it('does not suffice to sign where the installation has a key, and is in no log', async () => {
    const sealed = { ...parts, secretsKey: 'a key of the installation' }
    const link = { executionId: run.executionId, seconds: 60, to: { part: 'result' } } as const
    const { token } = await createLink(sealed, link)
    expect((await openLink(sealed, token)).opened.bytes).toBe(9)
    await expect(openLink(parts, token)).rejects.toMatchObject({ code: 'not_found' })
    expect((await fetch(withToken(token))).status).toBe(404)
    const secret = await keepLinkSecret(metadata.database.queries, '')
    for (const text of [secret, token]) expect(stack.service.logged.join('\n')).not.toContain(text)
  })
})
