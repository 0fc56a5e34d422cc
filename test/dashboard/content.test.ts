/** Whole content on the page of an execution: files of `/out`, and links for who has no key. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { storeBlob } from '../../src/blobs/objects.ts'
import { contentOf, sha256Of } from '../blobs/content.ts'
import {
  BROWSER,
  expectAccessibleInBothThemes,
  expectLabelsAbove,
  NARROW,
  overflowOf,
  startDashboard,
  type DashboardStack,
} from '../support/dashboard.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { makeRecord } from '../support/records.ts'

const chart = randomBytes(50_000)
const HOSTILE = '<img src=x onerror=alert(1)>/\u202egnp.txt'
const manifest = Buffer.from(
  JSON.stringify([
    { path: 'charts/chart 1.png', bytes: chart.length, sha256: sha256Of(chart) },
    { path: HOSTILE, bytes: chart.length, sha256: sha256Of(chart) },
    ...Array.from({ length: 30 }, (_, n) => ({ path: `rows/${n}.csv`, bytes: n, sha256: sha256Of(chart) })),
  ]),
)
const run = makeRecord({
  filesBlob: sha256Of(manifest),
  outFilesDropped: 2,
  stdout: 'printed\n',
  stdoutBytes: 8,
  code: 'print("printed")',
})
const without = makeRecord({ outFilesDropped: 3 })

describe.skipIf(BROWSER === null)('content of an execution', () => {
  let directory: TemporaryDirectory
  let metadata: TestMetadata
  let stack: DashboardStack
  beforeAll(async () => {
    directory = await temporaryDirectory()
    metadata = await startMetadata()
    const store = new DirectoryBlobStore(join(directory.path, 'blobs'))
    const blobs = { store, keyring: keyringOf([]), maxWaitMs: 86_400_000 }
    const { database, keys } = metadata
    stack = await startDashboard([run, without], { blobs, metadata: { database, keys } })
    for (const content of [chart, manifest]) {
      const name = { organizationId: run.organizationId, sha256: sha256Of(content) }
      await storeBlob(blobs, name, contentOf(content))
    }
  })
  afterAll(async () => {
    await stack.stop()
    await metadata[Symbol.asyncDispose]()
    await directory[Symbol.asyncDispose]()
  })

  it('lists the files of /out, each to download, with hostile names as text', async () => {
    await using opened = await stack.open(`/executions/${run.executionId}`)
    const { page } = opened
    const card = page.locator('section', { has: page.getByRole('heading', { name: 'Files' }) })
    await card.getByText('left in /out; 2 not kept').waitFor()
    await card.getByText('[U+202E]gnp.txt').first().waitFor()
    expect(await card.getByRole('listitem').count()).toBe(20)
    await card.getByRole('button', { name: 'Show 12 of 12 more' }).click()
    expect(await card.getByRole('listitem').count()).toBe(32)
    const saving = page.waitForEvent('download')
    await card.getByRole('link', { name: 'Download charts/chart 1.png' }).click()
    const saved = await saving
    expect(saved.suggestedFilename()).toBe('chart 1.png')
    expect((await buffer(await saved.createReadStream())).equals(chart)).toBe(true)
    await page.goto(page.url().replace(run.executionId, without.executionId))
    await card.getByText('None of them was kept.').waitFor()
  })

  it('makes a link that needs no key, which the log of changes shows', async () => {
    await using opened = await stack.open(`/executions/${run.executionId}`)
    const { page } = opened
    const form = page.getByRole('form', { name: 'Link to content' })
    await expectLabelsAbove(form)
    await form.getByLabel('Content').selectOption({ label: 'stdout' })
    await form.getByLabel('For').selectOption({ label: '1 hour' })
    await form.getByRole('button', { name: 'Make a link' }).click()
    const made = page.locator('[aria-live]', { hasText: 'Whoever has it reads stdout until' })
    const url = (await made.locator('code').textContent()) ?? ''
    expect(await (await fetch(url)).text()).toBe('printed\n')
    await form.getByLabel('Content').selectOption({ label: '/out/charts/chart 1.png' })
    await form.getByRole('button', { name: 'Make a link' }).click()
    await page.getByText('Whoever has it reads /out/charts/chart 1.png until').waitFor()
    await expectAccessibleInBothThemes(page)
    await page.goto(`${stack.service.url}/settings?part=audit`)
    await page.getByText('content.link').first().waitFor()
  })

  it('fits a telephone', async () => {
    await using opened = await stack.open(`/executions/${run.executionId}`, { size: NARROW })
    const { page } = opened
    await page.getByRole('button', { name: 'Make a link' }).click()
    await page.getByText('Whoever has it reads').waitFor()
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })
})
