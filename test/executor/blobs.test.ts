/** What of an execution is kept whole, through the spool into the store. */
import { createHash } from 'node:crypto'
import { writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { openBlobExecutor, print } from '../support/blob-executor.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')
const MIB = 1_048_576
const lines = (bytes: number): string => {
  const line = 'a line of output, ünïcödé, 0123456789\n'
  return line.repeat(Math.ceil(bytes / Buffer.byteLength(line)))
}

it('keeps nothing beside a record that holds everything, and makes no file', async () => {
  const { run, spooled } = await openBlobExecutor(metadata.database)
  const result = await run((io) => print(io, lines(60_000)), { input: { some: 'input' } })
  expect(result).toMatchObject({
    codeBlob: null,
    inputBlob: null,
    stdoutBlob: null,
    stderrBlob: null,
    filesBlob: null,
  })
  expect(await spooled()).toEqual([])
})

it.each([
  ['a little more than the record holds', 100_000],
  ['more than memory keeps', 5 * MIB],
])('keeps output whole: %s', async (_name, bytes) => {
  const { run, stored, sent, spooled } = await openBlobExecutor(metadata.database)
  const text = lines(bytes)
  const result = await run(async (io) => {
    await print(io, text, 70_001)
    await print(io, lines(90_000), 33, 'stderr')
  })
  expect(result.stdoutBlob).toBe(sha256(text))
  expect(result.stderrBlob).toBe(sha256(lines(90_000)))
  await sent()
  expect((await stored(result.stdoutBlob)).equals(Buffer.from(text))).toBe(true)
  expect(await spooled()).toEqual([])
})

it('keeps bytes that are no text', async () => {
  const { run, stored, sent } = await openBlobExecutor(metadata.database)
  const bytes = Buffer.from(Array.from({ length: 90_000 }, (_, index) => (index * 7919) % 256))
  const short = bytes.subarray(0, 40_000)
  const { stdoutBlob, stderrBlob } = await run(async (io) => {
    await print(io, bytes)
    // Its text is longer than its bytes.
    await print(io, short, 1000, 'stderr')
  })
  await sent()
  expect((await stored(stdoutBlob)).equals(bytes)).toBe(true)
  expect((await stored(stderrBlob)).equals(short)).toBe(true)
})

it('keeps all of a small limit of output', async () => {
  const { run, stored, sent } = await openBlobExecutor(metadata.database)
  const { stdoutBlob, outputTruncated } = await run((io) => print(io, lines(3000), 7), {
    limits: { outputBytes: 1024 },
  })
  expect(outputTruncated).toBe(true)
  await sent()
  expect((await stored(stdoutBlob)).toString()).toBe(lines(3000))
})

it('keeps code, input, request, result and files', async () => {
  const { run, stored, sent } = await openBlobExecutor(metadata.database)
  const code = `// ${'x'.repeat(70_000)}`
  const input = { text: 'ü'.repeat(50_000) }
  const files = [{ path: 'data.txt', content: 'y'.repeat(60_000) }]
  const value = JSON.stringify('z'.repeat(300_000))
  const out = Buffer.from([0, 255, 128, 10])
  const result = await run(
    () =>
      Promise.resolve({
        result: value,
        files: [
          { path: 'a/b.bin', content: out.toString('base64'), encoding: 'base64' as const },
          { path: 'c.txt', content: 'text' },
        ],
      }),
    { code, input, files },
  )
  expect(result.codeBlob).toBe(result.codeSha256)
  await sent()
  expect((await stored(result.inputBlob)).toString()).toBe(JSON.stringify(input))
  expect(JSON.parse((await stored(result.requestBlob)).toString())).toEqual({ files })
  expect((await stored(result.resultBlob)).toString()).toBe(value)
  const list = JSON.parse((await stored(result.filesBlob)).toString())
  expect(list).toEqual([
    { path: 'a/b.bin', bytes: 4, sha256: sha256(out) },
    { path: 'c.txt', bytes: 4, sha256: sha256('text') },
  ])
  expect((await stored(sha256(out))).equals(out)).toBe(true)
})

it('masks secrets, also those that come in pieces, and says that a replay is not the same', async () => {
  const { run, stored, sent } = await openBlobExecutor(metadata.database)
  const secret = 'a-secret-of-the-env'
  const text = `${lines(300_000)}${secret} and ghp_${'a'.repeat(36)}\n`.repeat(3)
  const result = await run((io) => print(io, text, 7919), {
    env: { SECRET: secret },
    code: `// ${'x'.repeat(70_000)} ${secret}`,
  })
  await sent()
  const masked = text.replaceAll(secret, '[masked]').replaceAll(/ghp_a+/gu, '[masked]')
  expect((await stored(result.stdoutBlob)).toString()).toBe(masked)
  expect((await stored(result.codeBlob)).toString()).toMatch(/x \[masked\]$/u)
  expect(result.requestLoss).toBe('code masked')
})

it('keeps nothing of what is not to be recorded', async () => {
  const { run, spooled } = await openBlobExecutor(null, { env: { EXECTRAIL_RECORD_CONTENT: 'code,result' } })
  const result = await run(
    async (io) => {
      await print(io, lines(2 * MIB))
      return { files: [{ path: 'a', content: 'b' }] }
    },
    { code: `// ${'x'.repeat(70_000)}`, input: 'y'.repeat(70_000) },
  )
  expect(result).toMatchObject({ stdoutBlob: null, inputBlob: null, filesBlob: null })
  expect(await spooled()).toHaveLength(2)
})

it('ends a blob at its bound, of a flood too', async () => {
  const { run, stored, sent } = await openBlobExecutor(metadata.database, {
    env: { EXECTRAIL_BLOBS_MAX_MB: '1' },
  })
  const chunk = Buffer.from(lines(MIB))
  const result = await run(async (io) => {
    for (let turn = 0; turn < 64; turn += 1) await io.onOutput({ stream: 'stdout', bytes: chunk })
  })
  expect(result.stdoutBytes).toBe(64 * chunk.length)
  await sent()
  expect(await stored(result.stdoutBlob)).toHaveLength(MIB)
})

it('goes on without blobs where the spool is full or cannot be written, and counts them', async () => {
  const full = await openBlobExecutor(null, { env: { EXECTRAIL_BLOBS_SPOOL_MAX_MB: '1' } })
  const first = await full.run((io) => print(io, lines(900_000)))
  expect(first.stdoutBlob).not.toBeNull()
  const second = await full.run((io) => print(io, lines(3 * MIB)))
  expect(second).toMatchObject({ outcome: 'success', stdoutBlob: null })
  expect(full.executor.status().blobs).toMatchObject({
    dropped: 1,
    lastDrop: expect.stringContaining('full'),
  })
  expect(await full.spooled()).toHaveLength(2)
  const broken = await openBlobExecutor(null)
  await mkdir(broken.home, { recursive: true })
  await writeFile(join(broken.home, 'blobs-spool'), 'not a directory')
  const result = await broken.run((io) => print(io, lines(3 * MIB)), { code: `// ${'x'.repeat(70_000)}` })
  expect(result).toMatchObject({ outcome: 'success', stdoutBlob: null, codeBlob: null })
  expect(broken.executor.status().blobs?.dropped).toBe(2)
})

it('keeps nothing where blobs are switched off', async () => {
  const { run, executor, spooled } = await openBlobExecutor(metadata.database, {
    env: { EXECTRAIL_BLOBS: 'none' },
  })
  expect(await run((io) => print(io, lines(2 * MIB)))).toMatchObject({ outcome: 'success', stdoutBlob: null })
  expect(executor.status().blobs).toBeNull()
  expect(await spooled()).toEqual([])
})
