/** What owners and administrators do in the marketplace, in a real browser: keys, signatures, namespaces, reports. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { createClient } from '../../src/client/index.ts'
import { createSigningKey } from '../../src/registry/signature.ts'
import {
  BROWSER,
  expectAccessibleInBothThemes,
  expectLabelsAbove,
  NARROW,
  overflowOf,
  startDashboard,
  takeComplaints,
  type DashboardStack,
} from '../support/dashboard.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { ACME_ADMIN_KEY, ACME_KEY, GLOBEX_ADMIN_KEY, GLOBEX_KEY } from '../support/service.ts'

const pair = createSigningKey()
let metadata: TestMetadata
let stack: DashboardStack

/** Expects the page to be readable by all, also on a telephone. */
async function expectGood(page: Page): Promise<void> {
  await expectAccessibleInBothThemes(page)
  await page.setViewportSize(NARROW)
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  await page.setViewportSize({ width: 1360, height: 850 })
}

describe.skipIf(BROWSER === null)('in the marketplace', () => {
  beforeAll(async () => {
    metadata = await startMetadata()
    stack = await startDashboard([], { metadata, signatures: 'optional' })
  })
  afterAll(async () => {
    await stack.stop()
    await metadata[Symbol.asyncDispose]()
  })

  it('says who may register a signing key, and which command makes one', async () => {
    await using opened = await stack.open('/marketplace?show=keys', { key: ACME_KEY })
    const { page } = opened
    await page.getByText('exectrail agent keys new release.pem').waitFor()
    await page.getByText('Registering a key needs a key with the scope admin').waitFor()
    expect(await page.getByRole('form', { name: 'Register a key' }).count()).toBe(0)
    await expectGood(page)
  })

  it('registers a public key, and sends no private one', async () => {
    await using opened = await stack.open('/marketplace?show=keys', { key: ACME_ADMIN_KEY })
    const { page } = opened
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.postData() ?? ''))
    const form = page.getByRole('form', { name: 'Register a key' })
    await expectLabelsAbove(form)
    await form.getByLabel('Name').fill('release')
    await form.getByLabel('Public key').fill(pair.privateKey)
    await form.getByRole('button', { name: 'Register it' }).click()
    await form.getByRole('alert').getByText('This is a private key. It was not sent').waitFor()
    expect(sent.join('')).not.toContain('PRIVATE')
    await form.getByLabel('Public key').fill(pair.publicKey)
    await form.getByRole('button', { name: 'Register it' }).click()
    const row = page.getByRole('row').filter({ hasText: 'release' })
    await row.getByText('valid', { exact: true }).waitFor()
    await row.getByText('by ada').waitFor()
    await row.getByText('nothing yet').waitFor()
    await expectGood(page)
  })

  it('signs what is published with a key file that is not sent, and says on its page what that proves', async () => {
    await using opened = await stack.open('/marketplace/publish', { key: ACME_KEY })
    const { page } = opened
    const files = page.getByLabel('Key file')
    const named = (name: string, text: string) => ({
      name,
      mimeType: 'application/x-pem-file',
      buffer: Buffer.from(text),
    })
    await files.setInputFiles(named('wrong.pem', pair.publicKey))
    await page.getByRole('alert').getByText('It is no private key in PEM').waitFor()
    await files.setInputFiles(named('other.pem', createSigningKey().privateKey))
    await page.getByRole('alert').getByText('has not registered this key').waitFor()
    await files.setInputFiles(named('release.pem', pair.privateKey))
    await page.getByText('Signs with the key release of acme').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('acme/signed')
    await page.getByLabel('Description, one line').fill('Says “hello”: ünïcode')
    await page.getByLabel('Repository it comes from').fill('https://example.com/acme/signed')
    await page.getByLabel('Commit').fill('4f2a91c')
    await page.getByRole('textbox', { name: 'Code, python' }).fill('def main(input):\n    return "hello"\n')
    await expectGood(page)
    const begun = page.waitForRequest((request) => request.method() === 'POST')
    await page.getByRole('button', { name: 'Sign and publish' }).click()
    expect((await begun).postData()).not.toContain('PRIVATE')
    await page.getByRole('heading', { level: 1, name: 'acme/signed' }).waitFor()
    const verified = page.getByRole('list', { name: 'What is verified' })
    await verified.getByText('Signed by acme with its key release').waitFor()
    await verified.getByText('The signature was verified just now').waitFor()
    await verified.getByText('The signer says that it is of the commit 4f2a91c').waitFor()
    await expectGood(page)
    await page.getByLabel('Who sees it').selectOption('public')
    await page.getByRole('button', { name: 'Set who sees it' }).click()
    await page.getByText('once an administrator has approved it').waitFor()
  })

  it('says which commands sign where the browser cannot', async () => {
    await using opened = await stack.open('/marketplace', { key: ACME_KEY })
    const { page } = opened
    await page.addInitScript(`Object.defineProperty(window, 'isSecureContext', { value: false })`)
    await page.goto(`${stack.service.url}/marketplace/publish`)
    await page.getByLabel('Name', { exact: true }).fill('acme/other')
    await page.getByText('exectrail agent publish other --sign release.pem').waitFor()
    expect(await page.getByLabel('Key file').count()).toBe(0)
  })

  it('takes what a reader reports through a decision, which the reader sees', async () => {
    await using reviewing = await stack.open('/marketplace?show=reviews')
    const approve = { name: 'Approve for everyone: acme/signed 1.0.0' }
    await reviewing.page.getByRole('button', approve).click()
    await reviewing.page.getByText('No version waits for a review').waitFor()
    await using reader = await stack.open('/marketplace/acme/signed', { key: GLOBEX_KEY })
    await reader.page.getByText('Signed by acme with its key').waitFor()
    await reader.page.getByText('Something is wrong with it').click()
    const form = reader.page.getByRole('form', { name: 'Report acme/signed' })
    await form.getByLabel('What is wrong').fill('<b>it</b> greets')
    await form.getByRole('button', { name: 'Report it' }).click()
    const own = reader.page.getByRole('list', { name: 'Reports of it' })
    await own.getByText('<b>it</b> greets').waitFor()
    await reviewing.page.getByRole('link', { name: 'Reports' }).click()
    await reviewing.page.getByText('<b>it</b> greets').waitFor()
    const decision = reviewing.page.getByRole('form', { name: 'Decide the report of acme/signed' })
    await expectLabelsAbove(decision)
    await expectGood(reviewing.page)
    await decision.getByLabel('Decision').selectOption('yank')
    await decision.getByLabel('Reason').fill('greets nobody')
    await decision.getByRole('button', { name: 'Do so and close the report' }).click()
    await reviewing.page.getByText('Yanked: greets nobody').waitFor()
    expect(await decision.count()).toBe(0)
    await reader.page.getByRole('link', { name: 'All reports' }).click()
    await reader.page.reload() // answers of the last ten seconds are shown again
    await reader.page.getByText('Yanked: greets nobody').waitFor()
    await reader.page.getByText('closed', { exact: true }).waitFor()
    await expectGood(reader.page)
    await reader.page.getByRole('link', { name: 'Its page' }).click()
    await reader.page.getByText('acme/signed@1.0.0 is yanked: greets nobody').waitFor()
  })

  it('lets the administrator choose which version a report without one means', async () => {
    const reader = createClient({ url: stack.service.url, key: GLOBEX_KEY })
    const kind = 'broken' as const
    await reader.reportAgent({ namespace: 'acme', name: 'signed', kind, message: 'one of them fails' })
    await using opened = await stack.open('/marketplace?show=reports')
    const { page } = opened
    const decision = page.getByRole('form', { name: 'Decide the report of acme/signed' })
    const acts = decision.getByLabel('Decision').getByRole('option')
    await decision.getByText('deprecate all its versions').waitFor({ state: 'attached' })
    expect(await acts.count()).toBe(2)
    await decision.getByLabel('Version that is meant').selectOption('1.0.0')
    expect(await acts.count()).toBe(4)
    await decision.getByLabel('Decision').selectOption('deprecate')
    await decision.getByLabel('Reason').fill('fails on Mondays')
    await decision.getByRole('button', { name: 'Do so and close the report' }).click()
    await page.getByText('Deprecated: fails on Mondays').waitFor()
    const { versions } = await reader.getAgent({ namespace: 'acme', name: 'signed' })
    expect(versions).toMatchObject([{ version: '1.0.0', statusReason: 'fails on Mondays' }])
  })

  it('revokes a key, after which what it signed counts as not signed', async () => {
    await using opened = await stack.open('/marketplace?show=keys', { key: ACME_ADMIN_KEY })
    const { page } = opened
    const row = page.getByRole('row').filter({ hasText: 'release' })
    await row.getByRole('button', { name: 'Revoke release' }).click()
    await row.getByText('The versions it signed count as not signed').waitFor()
    await row.getByRole('button', { name: 'Revoke for ever' }).click()
    await row.getByText('revoked', { exact: true }).waitFor()
    await row.getByRole('link', { name: 'acme/signed@1.0.0' }).click()
    await page.getByText('Its signature does not hold: its publisher revoked the key').waitFor()
    await page.getByText('signature not valid').waitFor()
    expect(await page.getByText('Signed by acme').count()).toBe(0)
    await expectGood(page)
  })

  it('gives a namespace to another organization, which may decline, with what came of it on both sides', async () => {
    const path = '/marketplace?show=namespaces'
    await using giver = await stack.open(path, { key: ACME_ADMIN_KEY })
    await using taker = await stack.open(path, { key: GLOBEX_ADMIN_KEY })
    await taker.page.getByText('No namespace yet').waitFor()
    await expectGood(taker.page)
    const offer = async (): Promise<void> => {
      await giver.page.getByRole('button', { name: 'Give acme to another organization' }).click()
      const form = giver.page.getByRole('form', { name: 'Offer acme' })
      await form.getByLabel('Organization that may take it').fill('globex')
      await form.getByRole('button', { name: 'Offer it' }).click()
      await giver.page.getByText('until they accept').waitFor()
    }
    await offer()
    await giver.page.getByRole('button', { name: 'Cancel the offer of acme' }).click()
    await offer()
    await expectGood(giver.page)
    await taker.page.reload()
    await taker.page.getByText('acme offers you this namespace').waitFor()
    await expectGood(taker.page)
    await taker.page.getByRole('button', { name: 'Decline acme' }).click()
    await taker.page.getByRole('button', { name: 'Decline it' }).click()
    await giver.page.getByText('globex declined it').waitFor()
    await offer()
    await taker.page.getByRole('button', { name: 'Accept acme' }).click()
    await taker.page.getByText('taken over from acme').waitFor()
    await giver.page.getByText('globex took it over with its agents').waitFor()
    expect(await giver.page.getByRole('button', { name: 'Give acme' }).count()).toBe(0)
    await expectGood(giver.page)
  })

  it('says why a namespace of another is refused', async () => {
    await using opened = await stack.open('/marketplace?show=namespaces', { key: ACME_KEY })
    const form = opened.page.getByRole('form', { name: 'New namespace' })
    await form.getByLabel('Name').fill('acme')
    await form.getByRole('button', { name: 'Make it' }).click()
    await form.getByRole('alert').getByText('belongs to another organization').waitFor()
    expect(await takeComplaints(opened)).toContain('/v1/')
  })
})
