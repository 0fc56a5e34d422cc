import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecutionRecord } from '../../src/execution.ts'
import { BROWSER, startDashboard, type DashboardStack } from '../support/dashboard.ts'
import { makeRecord } from '../support/records.ts'

/** In the browser. */
const SCROLLER = `document.querySelector('[role=grid]').parentElement`

let stack: DashboardStack

describe.skipIf(BROWSER === null)('the live list of executions', () => {
  beforeAll(async () => {
    stack = await startDashboard(named('before', 60))
  })
  afterAll(() => stack.stop())

  it('lets new rows wait, and does not move what is read', async () => {
    await using opened = await stack.open('/executions')
    const { page } = opened
    const first = page.getByRole('row').nth(1)
    await first.getByText('before 0', { exact: true }).waitFor()
    await stack.insert(named('later', 7))
    const waiting = page.getByRole('button', { name: '7 new' })
    await waiting.waitFor()
    expect(await first.textContent()).toContain('before 0')
    await waiting.click()
    await first.getByText('later 0', { exact: true }).waitFor()
    await waiting.waitFor({ state: 'detached' })
  })

  it.each(['wait', 'follow'] as const)('stays within bounds however many come, live=%s', async (mode) => {
    await using opened = await stack.open(`/executions?live=${mode}`)
    const { page } = opened
    const session = await page.context().newCDPSession(page)
    await page.getByRole('row').nth(1).waitFor()
    await arrive(page, mode, 1000)
    const before = await sizeOf(session, page)
    for (let round = 0; round < 4; round += 1) await arrive(page, mode, 1000)
    const after = await sizeOf(session, page)
    expect(after.rows).toBeLessThan(80)
    expect(after.elements).toBeLessThan(before.elements * 1.2)
    expect(after.heapMb).toBeLessThan(before.heapMb + 4)
  })

  it('loads further pages as it is scrolled, and keeps few rows in the document', async () => {
    await stack.insert(named('many', 3000))
    await using opened = await stack.open('/executions?live=off&where=errorMessage^=many')
    const { page } = opened
    await page.getByText('many 0', { exact: true }).waitFor()
    await expect
      .poll(
        async () => {
          await page.evaluate(`${SCROLLER}.scrollTo({ top: ${SCROLLER}.scrollHeight })`)
          return page.getByText(/executions, all of the window/).count()
        },
        { timeout: 30_000 },
      )
      .toBe(1)
    expect(await page.getByRole('row').count()).toBeLessThan(80)
    await page.evaluate(`${SCROLLER}.scrollTo({ top: 0 })`)
    await page.getByText('many 0', { exact: true }).waitFor()
  })
})

/** Inserts executions that end now, and waits until the page has all of them. */
async function arrive(page: Page, mode: 'wait' | 'follow', count: number): Promise<void> {
  const name = `batch ${crypto.randomUUID()}`
  const before = await waitingOf(page)
  await stack.insert(named(name, count))
  if (mode === 'follow') await page.getByText(`${name} 0`, { exact: true }).waitFor()
  else await expect.poll(() => waitingOf(page)).toBe(before + count)
}

async function waitingOf(page: Page): Promise<number> {
  const [words = '0'] = await page.getByRole('button', { name: / new$/ }).allTextContents()
  return Number(words.replaceAll(/\D/gu, ''))
}

async function sizeOf(session: CDPSession, page: Page) {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return {
    heapMb: usedSize / 1_048_576,
    elements: await page.evaluate<number>(`document.querySelectorAll('*').length`),
    rows: await page.getByRole('row').count(),
  }
}

/** The newest first, whose names end in 0, 1, 2. */
function named(name: string, count: number): ExecutionRecord[] {
  const now = Date.now()
  return Array.from({ length: count }, (_, index) => {
    const startedAt = new Date(now - index).toISOString()
    return makeRecord({ errorMessage: `${name} ${index}`, startedAt, timestamp: startedAt })
  })
}
