import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROWSER,
  NARROW,
  overflowOf,
  startDashboard,
  takeComplaints,
  type DashboardStack,
} from '../support/dashboard.ts'
import { makeRecord } from '../support/records.ts'

const FIRST_PAGE_MAX_BYTES = 250_000
let stack: DashboardStack

describe.skipIf(BROWSER === null)('the dashboard', () => {
  beforeAll(async () => {
    stack = await startDashboard([makeRecord()])
  })
  afterAll(() => stack.stop())

  it('leads from page to page', async () => {
    await using opened = await stack.open('/')
    const { page } = opened
    for (const name of [
      'Executions',
      'Agents',
      'Workflows',
      'Errors',
      'Live',
      'Run',
      'SQL',
      'Settings',
      'Overview',
    ]) {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
    }
    expect(new URL(page.url()).pathname).toBe('/')
  })

  it('keeps the window of the page from one page to the next, and in a link', async () => {
    await using opened = await stack.open('/')
    const { page } = opened
    await page.getByRole('combobox', { name: 'Window' }).selectOption('7d')
    await page.getByRole('link', { name: 'Agents', exact: true }).click()
    await page.waitForURL((url) => url.pathname === '/agents' && url.search === '?range=7d')
    await page.reload()
    expect(await page.getByRole('combobox', { name: 'Window' }).inputValue()).toBe('7d')
  })

  it('fits a telephone', async () => {
    await using opened = await stack.open('/', { size: NARROW })
    const { page } = opened
    const overflow = await overflowOf(page)
    expect(overflow).toBeLessThanOrEqual(0)
  })

  it('has the way to every page whole in sight on a telephone', async () => {
    await using opened = await stack.open('/', { size: NARROW })
    const links = await opened.page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all()
    expect(links).toHaveLength(12)
    for (const link of links) {
      const box = await link.boundingBox()
      const name = await link.textContent()
      expect(box?.x, `${name} begins`).toBeGreaterThanOrEqual(0)
      expect((box?.x ?? 0) + (box?.width ?? 0), `${name} ends`).toBeLessThanOrEqual(NARROW.width)
    }
  })

  it('sends no more than 250 kB for the first page', async () => {
    await using opened = await stack.open('/')
    const { page } = opened
    await page.waitForLoadState('networkidle')
    const sizes = await page.evaluate<number[]>(
      `performance.getEntries().filter(({ name }) => !name.includes('/v1/')).map((entry) => entry.encodedBodySize ?? 0)`,
    )
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThanOrEqual(FIRST_PAGE_MAX_BYTES)
  })

  it('says where there is no page', async () => {
    await using opened = await stack.open('/executions/a/b')
    await opened.page.getByText('There is no page at this address').waitFor()
    expect(await takeComplaints(opened)).toContain('404')
  })
})
