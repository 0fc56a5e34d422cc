import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROWSER,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectLabelsAbove,
  NARROW,
  overflowOf,
  startDashboard,
  type DashboardStack,
} from '../support/dashboard.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { ADMIN_KEY, READ_KEY } from '../support/service.ts'

const NAME = '<img src=x onerror=alert(1)> 💥 \u202Etobor'
const SHOWN = '<img src=x onerror=alert(1)> 💥 [U+202E]tobor'

let metadata: TestMetadata
let stack: DashboardStack

describe.skipIf(BROWSER === null)('signing in and the settings', () => {
  beforeAll(async () => {
    metadata = await startMetadata()
    stack = await startDashboard([], { metadata })
  })
  afterAll(async () => {
    await stack.stop()
    await metadata[Symbol.asyncDispose]()
  })

  it('lead back to the page asked for, and keep the key out of the address', async () => {
    await using opened = await stack.open('/settings?part=runtimes')
    const { page } = opened
    await page.getByRole('button', { name: 'Sign out' }).click()
    const field = page.getByLabel('Key', { exact: true })
    await field.waitFor()
    await page.goto(`${stack.service.url}/settings?part=runtimes`)
    await expectAccessible(page)
    await field.fill('not-a-key')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await field.fill(READ_KEY)
    await page.keyboard.press('Enter')
    await page.getByText('Signed in as reader').waitFor()
    expect(new URL(page.url()).search).toBe('?part=runtimes')
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByText('the key "reader" has: read').waitFor()
    await page.goto(`${stack.service.url}/?key=${ADMIN_KEY}`)
    expect(opened.complaints.splice(0).filter((text) => !text.includes('401'))).toEqual([])
  })

  it('make a key, show its secret once, and revoke it', async () => {
    await using opened = await stack.open('/settings?part=keys')
    const { page } = opened
    await expectLabelsAbove(page.getByRole('form', { name: 'New key' }))
    const [scopes, name] = await Promise.all(
      ['Scopes', 'Name'].map((text) => page.getByText(text, { exact: true }).first().boundingBox()),
    )
    expect(Math.abs((scopes?.y ?? 0) - (name?.y ?? 99))).toBeLessThanOrEqual(2)
    await page.getByLabel('Name').fill(NAME)
    await page.getByLabel('Organization', { exact: true }).fill('acme')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText(/^xt_/u).waitFor()
    await page.getByRole('button', { name: 'I have it' }).click()
    const secret = page.getByText(/^xt_/u)
    await secret.waitFor({ state: 'detached' })
    expect(await secret.count()).toBe(0)
    await page.getByRole('button', { name: `Revoke ${SHOWN}` }).click()
    await page.getByRole('button', { name: 'Revoke for ever' }).click()
    await page.getByText(`Revoked: ${SHOWN}`).waitFor()
    await page.getByRole('link', { name: 'Changes' }).click()
    await page.getByText('key.revoke').waitFor()
    expect(await page.locator('[onerror]').count()).toBe(0)
    await expectAccessibleInBothThemes(page)
  })

  it('says how long each table keeps its rows, as the store has it', async () => {
    await using opened = await stack.open('/settings?part=retention')
    await opened.page.getByText('toDateTime(started_at) + toIntervalDay(7)').waitFor()
    const text = (await opened.page.getByRole('main').textContent()) ?? ''
    expect(text).toContain('Kept for ever, until you set a TTL or drop a partition.')
  })

  it.each(['pipeline', 'runtimes', 'keys', 'audit', 'retention'])(
    'fit a telephone, in both themes: %s',
    async (part) => {
      await using opened = await stack.open(`/settings?part=${part}`, { size: NARROW })
      await opened.page.getByText('Signed in as').waitFor()
      await opened.page.waitForLoadState('networkidle')
      await expectAccessibleInBothThemes(opened.page)
      expect(await overflowOf(opened.page)).toBeLessThanOrEqual(0)
    },
  )
})
