/** Replays of executions whose records hold their code, input and files only in part. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import type { BlobName } from '../../src/blobs/objects.ts'
import { openBlobStore } from '../../src/blobs/open-blob-store.ts'
import { readBlobText } from '../../src/blobs/read-text.ts'
import { sourceOf } from '../../src/budgets/source.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import type { RunView } from '../../src/service/run-code.ts'
import { cutHead, TEXT_MAX_BYTES } from '../../src/telemetry/safe-values.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { offlineConfig } from '../support/configuration.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords } from '../support/records.ts'
import { ACME_KEY, readProblem, startService, withKey, type TestService } from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

let metadata: TestMetadata
let clickhouse: RunningClickHouse
let executor: Awaited<ReturnType<typeof createExecutor>>
let service: TestService
const parts = new AsyncDisposableStack()

beforeAll(async () => {
  metadata = parts.use(await startMetadata())
  clickhouse = await startClickHouse()
  parts.defer(() => clickhouse.stop())
  const config = offlineConfig(metadata.home)
  executor = await createExecutor({ config, budgets: sourceOf(metadata.database) })
  parts.defer(() => executor.close(0).then(() => undefined))
  const store = await openBlobStore(config.blobs)
  if (store === null) throw new Error('blobs are switched off')
  parts.defer(() => store.close())
  const place = { store, keyring: keyringOf(config.blobs.keys) }
  const readBlob = (name: BlobName) => readBlobText(place, name)
  service = await startService({ store: clickhouse.store, executor, readBlob })
  parts.defer(() => service.close())
})
afterAll(() => parts.disposeAsync())

/** Runs code, and stores its record as the trail would have it. */
async function ran(request: Partial<ExecutionRequest>): Promise<string> {
  const execution = await executor.submit(
    {
      runtime: 'subprocess',
      language: 'javascript',
      code: '',
      context: { organizationId: 'acme' },
      ...request,
    },
    { detached: true },
  )
  await execution.result
  const recorded = execution.ended?.recorded
  if (recorded === undefined) throw new Error('the run left no record')
  const cut = (text: string | null) => (text === null ? null : cutHead(text, TEXT_MAX_BYTES))
  await insertRecords(clickhouse, [
    { ...recorded, code: cut(recorded.code), input: cut(recorded.input), request: cut(recorded.request) },
  ])
  return recorded.executionId
}

const replay = (id: string): Promise<Response> =>
  service.ask(`/v1/executions/${id}/replay`, { method: 'POST', ...withKey(ACME_KEY) })

const stored = (): Promise<unknown> =>
  waitFor(() => executor.status().blobs?.waiting === 0, { what: 'blobs to be sent' })

it('runs whole code with whole input and files', async () => {
  const id = await ran({
    code: `const fs = require('fs')
// ${'x'.repeat(300_000)}
module.exports = ({ text }) => text.length + fs.readFileSync('data.txt', 'utf8').length`,
    input: { text: 'ü'.repeat(200_000) },
    files: [{ path: 'data.txt', content: 'y'.repeat(100_000) }],
  })
  await stored()
  const answer = await replay(id)
  expect(answer.status, await answer.clone().text()).toBe(200)
  const view = (await answer.json()) as RunView
  expect(view).toMatchObject({ replayOf: id, outcome: 'success', result: 300_000 })
})

it('is refused where secrets were masked, or where the content is not in the store', async () => {
  const masked = await ran({ code: `module.exports = () => 1 // ${'x'.repeat(70_000)} AKIAIOSFODNN7EXAMPLE` })
  await stored()
  expect((await readProblem(await replay(masked))).detail).toContain('cannot be replayed: code masked')
  const id = await ran({ code: `module.exports = () => 1 // ${'y'.repeat(70_000)}` })
  await stored()

  await rm(join(metadata.home, 'blobs'), { recursive: true })
  expect((await readProblem(await replay(id))).detail).toContain('cannot be replayed: code truncated')
})
