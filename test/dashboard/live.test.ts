import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type Client } from '../../src/client/index.ts'
import {
  BROWSER,
  expectAccessible,
  NARROW,
  overflowOf,
  startDashboard,
  type DashboardStack,
} from '../support/dashboard.ts'
import { makeRecord } from '../support/records.ts'
import { ADMIN_KEY } from '../support/service.ts'

let stack: DashboardStack
let client: Client

/** Prints, and waits until it is cancelled. */
const WAITS = 'echo ready; echo "<b>no markup</b>"; while :; do sleep 0.05; done'

describe.skipIf(BROWSER === null)('the live page', () => {
  beforeAll(async () => {
    stack = await startDashboard([makeRecord()])
    client = createClient({ url: stack.service.url, key: ADMIN_KEY })
  })
  afterAll(() => stack.stop())

  it('shows a command where nothing runs', async () => {
    await using opened = await stack.open('/live')
    await opened.page.getByText('Nothing runs now').waitFor()
    expect(await opened.page.getByText('npx exectrail run').count()).toBe(1)
    await expectAccessible(opened.page)
  })

  it('follows a run from its output to its cancellation, in both themes, on a telephone as well', async () => {
    await using opened = await stack.open('/live')
    const { page } = opened
    const started = await client.startCode({ runtime: 'subprocess', language: 'bash', code: WAITS })
    const row = page.getByRole('row').filter({ hasText: 'running' })
    await row.getByRole('button', { name: /show the output/ }).click()
    await page.waitForURL((url) => url.searchParams.get('run') === started.executionId)
    const output = page.getByRole('complementary', { name: 'Output' })
    await output.getByText('<b>no markup</b>').waitFor()
    await expectAccessible(page)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    await page.setViewportSize(NARROW)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectAccessible(page)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    await output.getByRole('button', { name: /^Cancel/ }).click()
    await output.getByText('cancelled', { exact: true }).first().waitFor()
    await page.getByText('Nothing runs now').waitFor()
    const { outcome } = await client.waitForExecution({ id: started.executionId })
    expect(outcome).toBe('cancelled')
  })
})
