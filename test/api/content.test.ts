/** Whole content over HTTP: ranges, names, tenants, and what is said where it is not there. */
import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobKey } from '../../src/blobs/blob-key.ts'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { objectPath } from '../../src/blobs/object-files.ts'
import { storeBlob } from '../../src/blobs/objects.ts'
import { fetchOutFiles } from '../../src/cli/fetch-out-files.ts'
import { clientFor } from '../../src/cli/service-client.ts'
import { createClient } from '../../src/client/index.ts'
import { contentOf, sha256Of } from '../blobs/content.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, ADMIN_KEY, GLOBEX_KEY, readProblem, withKey } from '../support/service.ts'

const stdout = Buffer.from(`${'a line of output\n'.repeat(40_000)}the end`)
const chart = randomBytes(300_000)
const HOSTILE = '../../etc/"pässwd"\r\nX-Evil: 1;.png'
const manifest = Buffer.from(
  JSON.stringify([
    { path: 'charts/chart.png', bytes: chart.length, sha256: sha256Of(chart) },
    { path: HOSTILE, bytes: chart.length, sha256: sha256Of(chart) },
  ]),
)
const cut = `head\n… ${stdout.length} bytes left out …\ntail`
const large = makeRecord({
  stdout: cut,
  stdoutBytes: stdout.length,
  stderr: cut,
  stderrBytes: 5_000_000,
  outputTruncated: true,
  stdoutBlob: sha256Of(stdout),
  codeBlob: sha256Of('never stored'),
  filesBlob: sha256Of(manifest),
  result: '{"sum":6}',
})
const small = makeRecord({ stdout: 'hello\n', stdoutBytes: 6, organizationId: 'globex' })
const expired = makeRecord({ code: null, requestLoss: 'content expired', stdoutBlob: sha256Of('gone') })

let stack: ApiStack
let directory: TemporaryDirectory
let store: DirectoryBlobStore
beforeAll(async () => {
  directory = await temporaryDirectory()
  store = new DirectoryBlobStore(join(directory.path, 'blobs'))
  const blobs = { store, keyring: keyringOf([randomBytes(32)]), maxWaitMs: 86_400_000 }
  stack = await startApiStack({ blobs })
  await insertRecords(stack.clickhouse, [large, small, expired])
  for (const content of [stdout, chart, manifest]) {
    const name = { organizationId: 'acme', sha256: sha256Of(content) }
    await storeBlob(blobs, name, contentOf(content))
  }
})
afterAll(async () => {
  await stack.stop()
  await directory[Symbol.asyncDispose]()
})

const at = (record: { executionId: string }, part: string) => `/v1/executions/${record.executionId}/${part}`

function ask(path: string, headers: Record<string, string> = {}, key = ACME_KEY): Promise<Response> {
  return stack.service.ask(path, { headers: { ...withKey(key).headers, ...headers } })
}

describe('whole content', () => {
  it('comes from the blob store where the record holds a part, as text that no browser runs', async () => {
    const answer = await ask(at(large, 'stdout'))
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer()).equals(stdout)).toBe(true)
    const { headers } = answer
    expect(headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Content-Length')).toBe(String(stdout.length))
    expect(headers.get('ETag')).toBe(`"${sha256Of(stdout)}"`)
    expect(headers.get('Content-Disposition')).toMatch(/^inline; filename="[0-9a-f-]{36}-stdout\.txt"/u)
  })

  it('comes from the record where that holds all of it', async () => {
    const answer = await ask(at(small, 'stdout'), {}, GLOBEX_KEY)
    expect(await answer.text()).toBe('hello\n')
    expect(answer.headers.get('ETag')).toBe(`"${sha256Of('hello\n')}"`)
    const result = await ask(at(large, 'result'))
    expect(result.headers.get('Content-Type')).toBe('application/json')
    expect(await result.json()).toEqual({ sum: 6 })
  })

  it('gives any range as HTTP counts them', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(stdout.length - 1), fc.nat(70_000), async (start, length) => {
        const end = Math.min(start + length, stdout.length - 1)
        const answer = await ask(at(large, 'stdout'), { Range: `bytes=${start}-${start + length}` })
        expect(answer.status).toBe(206)
        expect(answer.headers.get('Content-Range')).toBe(`bytes ${start}-${end}/${stdout.length}`)
        expect(Buffer.from(await answer.arrayBuffer()).equals(stdout.subarray(start, end + 1))).toBe(true)
      }),
      { numRuns: 30 },
    ))

  it('gives the end, and the rest from a place on; refuses what is outside', async () => {
    expect(await (await ask(at(large, 'stdout'), { Range: 'bytes=-7' })).text()).toBe('the end')
    const rest = await ask(at(large, 'stdout'), { Range: `bytes=${stdout.length - 3}-` })
    expect(await rest.text()).toBe('end')
    const outside = await ask(at(large, 'stdout'), { Range: `bytes=${stdout.length}-` })
    expect(outside.headers.get('Content-Range')).toBe(`bytes */${stdout.length}`)
    expect(await readProblem(outside)).toMatchObject({ status: 416, code: 'range_not_satisfiable' })
  })

  it('gives the whole for a range that is none, or of content that has changed since', async () => {
    for (const headers of [
      { Range: 'bytes=5-2' },
      { Range: 'bytes=0-1,5-6' },
      { Range: 'lines=1-2' },
      { Range: 'bytes=0-1', 'If-Range': '"of other content"' },
    ]) {
      const answer = await ask(at(large, 'stdout'), headers)
      expect(answer.status).toBe(200)
      await answer.body?.cancel()
    }
    const known = await ask(at(large, 'stdout'), { 'If-None-Match': `"${sha256Of(stdout)}"` })
    expect(known.status).toBe(304)
  })

  it('is shown to its organization and to an administrator, and to no other', async () => {
    expect((await ask(at(large, 'stdout'), {}, ADMIN_KEY)).status).toBe(200)
    for (const part of ['stdout', 'files', 'files/content?path=charts%2Fchart.png'])
      expect(await readProblem(await ask(at(large, part), {}, GLOBEX_KEY))).toMatchObject({
        code: 'not_found',
      })
  })

  it('says why it is not there: not yet, no longer, never', async () => {
    const pending = await ask(at(large, 'code'))
    expect(pending.headers.get('Retry-After')).toBe('5')
    expect(await readProblem(pending)).toMatchObject({ status: 409, code: 'content_pending' })
    for (const part of ['code', 'stdout'])
      expect(await readProblem(await ask(at(expired, part)))).toMatchObject({
        status: 410,
        code: 'content_expired',
      })
    for (const part of ['stderr', 'input'])
      expect(await readProblem(await ask(at(large, part)))).toMatchObject({
        status: 404,
        code: 'content_not_kept',
      })
  })

  it('is read by the client', async () => {
    const client = createClient({ url: stack.service.url, key: ACME_KEY })
    const body = await client.openContent({ id: large.executionId, part: 'stdout' })
    expect(await new Response(body).text()).toBe(String(stdout))
    const { data } = await client.listOutFiles({ id: large.executionId })
    const file = await client.openOutFile({ id: large.executionId, path: data[0]?.path ?? '' })
    expect(Buffer.from(await new Response(file).arrayBuffer()).equals(chart)).toBe(true)
  })
})

describe('files of /out', () => {
  it('are fetched by the command line into a directory, except one whose name leads elsewhere', async () => {
    const said: string[] = []
    const into = join(directory.path, 'fetched')
    const asked = { options: { out: into }, terminal: { say: (line: string) => said.push(line) } }
    const service = clientFor(stack.service.url, ACME_KEY)
    expect(await fetchOutFiles(service, { ...asked, id: large.executionId })).toBe(0)
    expect((await readFile(join(into, 'charts/chart.png'))).equals(chart)).toBe(true)
    expect(said.join()).toContain('its name is refused')
    await expect(fetchOutFiles(service, { ...asked, id: 'adding' })).rejects.toThrow(
      'name one execution by its id',
    )
  })

  it('are listed, and given under a name that leads nowhere', async () => {
    const { data } = await stack.service.json<{ data: { path: string }[] }>(
      at(large, 'files'),
      200,
      withKey(ACME_KEY),
    )
    expect(data.map(({ path }) => path)).toEqual(['charts/chart.png', HOSTILE])
    const answer = await ask(at(large, `files/content?path=${encodeURIComponent(HOSTILE)}`))
    expect(answer.headers.get('X-Evil')).toBeNull()
    expect(answer.headers.get('Content-Type')).toBe('application/octet-stream')
    expect(answer.headers.get('Content-Disposition')).toBe(
      `attachment; filename="_p_sswd___X-Evil_ 1;.png"; filename*=UTF-8''_p%C3%A4sswd___X-Evil_%201%3B.png`,
    )
    expect(Buffer.from(await answer.arrayBuffer()).equals(chart)).toBe(true)
  })

  it('are none where none were kept, and a path that is not among them is not found', async () => {
    expect(await stack.service.json(at(small, 'files'))).toEqual({ data: [] })
    const wrong = await ask(at(large, 'files/content?path=..%2F..%2Fetc%2Fpasswd'))
    expect(await readProblem(wrong)).toMatchObject({ status: 404, code: 'not_found' })
  })

  it('break off where the object is damaged, and say so where that is known at once', async () => {
    await rm(objectPath(store.location, blobKey('acme', sha256Of(chart))))
    await store.put(blobKey('acme', sha256Of(chart)), () => Readable.from([Buffer.alloc(500)]), {
      bytes: 500,
    })
    const damaged = await ask(at(large, 'files/content?path=charts%2Fchart.png'))
    expect(await readProblem(damaged)).toMatchObject({ status: 502, code: 'blob_damaged' })
  })
})
