import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busyRecords, ODD_AGENTS } from '../support/busy-records.ts'
import {
  BROWSER,
  expectAccessibleInBothThemes,
  NARROW,
  overflowOf,
  startDashboard,
  type DashboardStack,
} from '../support/dashboard.ts'

let stack: DashboardStack
const HEAT_MAP = 'How many executions took how long, over time'

describe.skipIf(BROWSER === null)('the agents', () => {
  beforeAll(async () => {
    stack = await startDashboard(busyRecords(Date.now()))
  })
  afterAll(() => stack.stop())

  it('are a list, and a page each, in both themes', async () => {
    await using opened = await stack.open('/agents')
    const { page } = opened
    await page.getByRole('rowheader', { name: 'scraper' }).waitFor()
    await expectAccessibleInBothThemes(page)
    await page.getByRole('link', { name: 'planner' }).click()
    await page.getByRole('heading', { level: 1, name: 'planner' }).waitFor()
    await page.getByRole('img', { name: HEAT_MAP }).waitFor()
    await page.getByText(/Takes [\d.]+ times as long/u).waitFor()
    await page.getByRole('table').filter({ hasText: 'Memory peak' }).waitFor()
    await expectAccessibleInBothThemes(page)
    expect(await page.getByRole('heading', { name: 'Errors' }).count()).toBe(1)
  })

  it('can be ordered, and the order is in the address', async () => {
    await using opened = await stack.open('/agents')
    const { page } = opened
    await page.getByRole('link', { name: 'Success' }).click()
    await page.waitForURL(/order=failureRate/u)
    const first = page.locator('tbody > tr:first-child > th')
    await first.filter({ hasText: 'scraper' }).waitFor()
    await page.reload()
    await first.filter({ hasText: 'scraper' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'Success' }).getAttribute('aria-sort')).toBe(
      'descending',
    )
  })

  it('show what differs in a region of the heat map, which stays in the address', async () => {
    await using opened = await stack.open('/agents/planner?range=7d')
    const { page } = opened
    const map = page.getByRole('img', { name: HEAT_MAP })
    await map.scrollIntoViewIfNeeded()
    await page.waitForLoadState('networkidle')
    const box = await map.boundingBox()
    if (box === null) throw new Error('the heat map has no place')
    await page.mouse.move(box.x + 2, box.y + 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 2, box.y + box.height * 0.4, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/region=/u)
    const differing = page.getByRole('row', { name: /Agent version 1\./u })
    await differing.waitFor()
    await page.reload()
    await differing.waitFor()
    await page.getByRole('button', { name: 'Clear the region' }).click()
    await page.waitForURL((url) => !url.searchParams.has('region'))
    await page.getByText(`Data of ${HEAT_MAP}`).click()
    await page.getByRole('button', { name: 'What differs here' }).first().click()
    await page.waitForURL(/region=/u)
    expect(new URL(page.url()).searchParams.get('range')).toBe('7d')
  })

  it('have a page whatever their id is', async () => {
    await using opened = await stack.open('/agents?order=name')
    const { page } = opened
    for (const id of ODD_AGENTS) {
      const name = id ?? '(no agent)'
      await page.getByRole('rowheader').getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
      await page.reload()
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
      const executions = page.getByRole('definition').getByRole('link', { name: '1', exact: true })
      await executions.waitFor()
      expect(await executions.count()).toBe(1)
      await page.goBack()
    }
  })

  it('fit a telephone', async () => {
    await using opened = await stack.open('/agents/planner', { size: NARROW })
    const { page } = opened
    await page.getByRole('img', { name: HEAT_MAP }).waitFor()
    const overflow = await overflowOf(page)
    expect(overflow).toBeLessThanOrEqual(0)
  })
})
