import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busyRecords } from '../support/busy-records.ts'
import {
  BROWSER,
  expectAccessibleInBothThemes,
  NARROW,
  overflowOf,
  startDashboard,
  type DashboardStack,
} from '../support/dashboard.ts'

let stack: DashboardStack

describe.skipIf(BROWSER === null)('the overview', () => {
  beforeAll(async () => {
    stack = await startDashboard(busyRecords(Date.now()))
  })
  afterAll(() => stack.stop())

  it('says how it goes, with figures and charts, in both themes', async () => {
    await using opened = await stack.open('/')
    const { page } = opened
    await page.getByRole('region', { name: 'Verdict' }).getByText('executions').first().waitFor()
    await page.getByRole('img', { name: 'Executions over time' }).locator('canvas').waitFor()
    await page.getByText('Duration p95').first().waitFor()
    await page.getByRole('link', { name: 'scraper' }).first().waitFor()
    await expectAccessibleInBothThemes(page)
    expect(await page.getByRole('heading', { name: 'New errors' }).count()).toBe(1)
  })

  it('narrows the window to what is brushed, and by the table of the chart', async () => {
    await using opened = await stack.open('/')
    const { page } = opened
    const { x, y, width, height } = await placeOfChart(page)
    await page.mouse.move(x + width * 0.4, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width * 0.6, y + height / 2, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/from=.*&to=/u)
    await page.getByText('Data of Executions over time').click()
    const before = page.url()
    await page.getByTitle('Show this time alone').first().click()
    await page.waitForURL((url) => url.href !== before)
    await page.goBack()
    expect(page.url()).toBe(before)
  })

  it('keeps what is brushed while a newer answer arrives', async () => {
    await using opened = await stack.open('/')
    const { page } = opened
    await page.clock.install()
    await page.reload()
    const { x, y, width, height } = await placeOfChart(page)
    await page.mouse.move(x + width * 0.4, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width * 0.5, y + height / 2, { steps: 4 })
    await stack.insert(busyRecords(Date.now() - 60_000))
    const answered = page.waitForResponse(/\/stats\/timeseries/u)
    await page.clock.fastForward(31_000)
    await (await answered).finished()
    // Time for the new plot: an answer, its rendering and its drawing wait for one another.
    for (let step = 0; step < 10; step += 1) await page.clock.runFor(100)
    await page.mouse.move(x + width * 0.6, y + height / 2, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/from=.*&to=/u)
    const { searchParams } = new URL(page.url())
    const brushedMs = Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '')
    // A fifth of the day that the chart shows.
    expect(brushedMs / 3_600_000).toBeGreaterThan(4)
  })

  it('leads from a figure to the executions behind it', async () => {
    await using opened = await stack.open('/?range=7d')
    const { page } = opened
    await page.getByRole('definition').getByRole('link', { name: '%' }).first().click()
    await page.waitForURL((url) => url.pathname === '/executions')
    expect(new URL(page.url()).searchParams.getAll('where')).toEqual(['success=false'])
    expect(new URL(page.url()).searchParams.get('range')).toBe('7d')
  })

  it('offers the time of the latest executions where the window has none', async () => {
    await using opened = await stack.open('/?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')
    const { page } = opened
    await page.getByRole('button', { name: 'Show the 24 hours up to it' }).click()
    await page.getByRole('img', { name: 'Executions over time' }).locator('canvas').waitFor()
    expect(new URL(page.url()).searchParams.get('from')).not.toContain('2020')
  })

  it('shows the filter that leaves nothing, and clears it', async () => {
    await using opened = await stack.open('/?where=codeAgentId%3Dno-such-agent')
    const { page } = opened
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByRole('region', { name: 'Verdict' }).waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).searchParams.has('where')).toBe(false)
  })

  it('fits a telephone', async () => {
    await using opened = await stack.open('/', { size: NARROW })
    const { page } = opened
    await page.getByRole('img', { name: 'Executions over time' }).locator('canvas').waitFor()
    const overflow = await overflowOf(page)
    expect(overflow).toBeLessThanOrEqual(0)
  })
})

async function placeOfChart(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const chart = page.getByRole('img', { name: 'Executions over time' }).locator('.u-over')
  await chart.waitFor()
  // What arrives above the chart moves it, and another answer draws it again.
  await page.waitForLoadState('networkidle')
  const box = await chart.boundingBox()
  if (box === null) throw new Error('the chart has no place')
  return box
}
