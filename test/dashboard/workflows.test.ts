import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROWSER,
  expectAccessible,
  expectAccessibleInBothThemes,
  NARROW,
  overflowOf,
  startDashboard,
  takeComplaints,
  type DashboardStack,
} from '../support/dashboard.ts'
import { insertWorkflows, step } from '../support/workflow-records.ts'

const HOSTILE = '<img src=x onerror=alert(1)> \u202eback\u001b[2J'
const FINGERPRINT = '00000000000000dd'
const strange = step(30_000, 10, {
  workflowExecutionId: 'wf-strange',
  nodeId: HOSTILE,
  stdout: HOSTILE.repeat(1000),
  outcome: 'failure',
  errorFingerprint: FINGERPRINT,
})

let stack: DashboardStack

describe.skipIf(BROWSER === null)('the pages of workflows and SQL', () => {
  beforeAll(async () => {
    stack = await startDashboard([strange])
    await insertWorkflows(stack.clickhouse)
  })
  afterAll(() => stack.stop())

  it('list runs by their state, and show one with its attempts and what they printed', async () => {
    await using opened = await stack.open('/workflows')
    const { page } = opened
    await page.getByRole('link', { name: 'wf-lost' }).waitFor()
    await page.getByRole('navigation', { name: 'State' }).getByText('Failed').click()
    await page.getByRole('link', { name: 'wf-lost' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?state=failed')
    await page.getByRole('link', { name: 'wf-strange' }).click()
    await page.getByRole('button', { name: '<img src=x onerror=alert(1)> [U+202E]back' }).click()
    await page.getByRole('heading', { name: 'stdout' }).waitFor()
    await expectAccessible(page)
  })

  it('keep apart runs of two organizations with one id', async () => {
    await using opened = await stack.open('/workflows/wf-good?owner=globex')
    await opened.page.getByRole('button', { name: 'theirs' }).waitFor()
    expect(await opened.page.getByRole('button', { name: 'fetch' }).count()).toBe(0)
  })

  it('answer SQL with every digit, as a table and a chart, and share it by link', async () => {
    const query = `SELECT outcome, count() AS runs, toUInt64(18446744073709551615) AS large FROM code_exec_logs GROUP BY outcome`
    await using opened = await stack.open(`/sql?query=${encodeURIComponent(query)}`)
    const { page } = opened
    await page.getByRole('cell', { name: '18446744073709551615' }).first().waitFor()
    await page.getByRole('navigation', { name: 'View' }).getByText('Chart').click()
    await page.getByRole('figure', { name: 'runs by name' }).waitFor()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download as JSON' }).click()
    expect((await saving).suggestedFilename()).toBe('exectrail.json')
    const editor = page.getByRole('textbox', { name: 'Query in ClickHouse SQL' })
    await editor.click()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Backspace')
    await page.keyboard.type('SELECT 42 AS answer')
    await page.keyboard.press('Control+Enter')
    await page.waitForURL((url: URL) => url.searchParams.get('query') === 'SELECT 42 AS answer')
    await page.getByText('History').click()
    await page.getByRole('button', { name: 'SELECT outcome' }).waitFor()
    await expectAccessible(page)
  })

  it('show hostile cells and columns of an answer as text, and lines of a megabyte by their begin', async () => {
    const query = `SELECT '${HOSTILE}' AS cell, 1 AS "${HOSTILE}", repeat('long ', 200000) AS line`
    await using opened = await stack.open(`/sql?query=${encodeURIComponent(query)}`)
    const { page } = opened
    await page.getByRole('columnheader', { name: '<img src=x onerror=alert(1)> [U+202E]back' }).waitFor()
    await page.getByRole('cell', { name: '<img src=x onerror=alert(1)> [U+202E]back' }).click()
    await page.getByRole('cell', { name: 'long long' }).click()
    await page.getByText('the first 19.5 KiB of 976.6 KiB').waitFor()
    expect(await page.locator('[onerror]').count()).toBe(0)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })

  it("show ClickHouse's own words about a query that it refuses", async () => {
    await using opened = await stack.open('/sql?query=SELECT%20nothing%20FROM%20code_exec_logs')
    await opened.page.getByRole('alert').getByText('nothing').first().waitFor()
    expect(await takeComplaints(opened)).toContain('/v1/')
  })

  it.each(['/workflows', '/workflows/wf-good?owner=acme', '/sql?query=SELECT%201%20AS%20one'])(
    'fit a telephone, in both themes: %s',
    async (path) => {
      await using opened = await stack.open(path, { size: NARROW })
      await opened.page.getByRole('heading', { level: 1 }).waitFor()
      const main = opened.page.getByRole('main')
      await main.getByText('acme').or(main.getByText('1 row,')).first().waitFor()
      await expectAccessibleInBothThemes(opened.page)
      expect(await overflowOf(opened.page)).toBeLessThanOrEqual(0)
    },
  )
})
