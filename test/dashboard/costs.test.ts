/** The page of costs, in a real browser over a real store and a real Postgres. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatUsd } from '../../src/format.ts'
import { costFiguresOf, costRecords } from '../support/cost-records.ts'
import {
  BROWSER,
  expectAccessible,
  expectLabelsAbove,
  NARROW,
  overflowOf,
  startDashboard,
  type DashboardStack,
} from '../support/dashboard.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { makeRecord } from '../support/records.ts'

const WINDOW = 'from=2026-01-10T00:00:00Z&to=2026-04-01T00:00:00Z'
const PATH = `/costs?${WINDOW}&organization=spending`
const unknown = makeRecord({
  organizationId: 'unknown',
  startedAt: '2026-02-01T00:00:00Z',
  costRunNanoUsd: null,
  costAllocatedNanoUsd: null,
  costTokensNanoUsd: null,
})

let metadata: TestMetadata
let stack: DashboardStack

describe.skipIf(BROWSER === null)('the page of costs', () => {
  beforeAll(async () => {
    metadata = await startMetadata()
    stack = await startDashboard([...costRecords, unknown], { metadata })
  })
  afterAll(async () => {
    await stack.stop()
    await metadata[Symbol.asyncDispose]()
  })

  it('adds up what ran, says what is unknown, and groups by what the reader chooses', async () => {
    const total = costFiguresOf(costRecords)
    await using opened = await stack.open(PATH)
    const { page } = opened
    const table = page.getByRole('table', { name: 'Costs by agent' })
    const all = table.getByRole('row').filter({ hasText: '(all)' })
    await all.getByText(formatUsd(total.costNanoUsd), { exact: true }).waitFor()
    await all.getByText(formatUsd(total.timeouts.costNanoUsd), { exact: true }).waitFor()
    const aside = page.getByRole('complementary', { name: 'Unknown costs' })
    await aside.getByText(`the resources of ${total.unpricedCount}`).waitFor()
    await aside.getByText('exectrail reprice --since 90d').waitFor()
    await page.getByRole('img', { name: 'Spend over time' }).waitFor()
    await page.getByText('Assuming that').waitFor()
    await expectAccessible(page)
    await page.getByRole('navigation', { name: 'Group' }).getByText('Runtime').click()
    await page.getByRole('table', { name: 'Costs by runtime' }).getByRole('link', { name: 'e2b' }).waitFor()
    expect(new URL(page.url()).searchParams.get('by')).toBe('runtime')
    await page.getByLabel('Sandbox on e2b and bacalhau').selectOption('4x4096')
    await page.waitForURL((url: URL) => url.searchParams.get('sandbox') === '4x4096')
  })

  it('writes a CSV by month that adds up to the nano-dollar', async () => {
    await using opened = await stack.open(PATH)
    const saving = opened.page.waitForEvent('download')
    await opened.page.getByRole('button', { name: 'CSV by month' }).click()
    const file = await saving
    expect(file.suggestedFilename()).toBe('exectrail-costs.csv')
    const [head = '', ...rows] = (await readFile(await file.path(), 'utf8')).trim().split('\n')
    const at = head.split(',').indexOf('costNanoUsd')
    const sum = rows.reduce((cost, row) => cost + BigInt(row.split(',')[at] || '0'), 0n)
    expect(sum).toBe(BigInt(costFiguresOf(costRecords).costNanoUsd ?? 0))
  })

  it('sets, changes and deletes a budget', async () => {
    await using opened = await stack.open(PATH)
    const { page } = opened
    await page.getByText('exectrail budget set 25 --per month').waitFor()
    await page.getByRole('button', { name: 'New budget' }).click()
    const form = page.getByRole('form', { name: 'New budget' })
    await expectLabelsAbove(form)
    await form.getByLabel('Agent').fill('<b>a')
    await form.getByLabel('USD').fill('a lot')
    await form.getByRole('button', { name: 'Set the budget' }).click()
    await form.getByRole('alert').getByText('Write an amount').waitFor()
    await form.getByLabel('USD').fill('0.50')
    await form.getByLabel('Once it is spent').selectOption('refuse')
    await form.getByRole('button', { name: 'Set the budget' }).click()
    await page.getByText('spending, agent <b>a').waitFor()
    await page.getByText('$0.00 of $0.50 a month').waitFor()
    await page.getByRole('meter').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Change the budget' }).click()
    await page.getByRole('form').getByLabel('USD').fill('2')
    await page.getByRole('form').getByRole('button', { name: 'Set the budget' }).click()
    await page.getByText('of $2.00 a month').waitFor()
    await page.getByRole('button', { name: 'Delete the budget' }).click()
    await page.getByText('No budget is set').waitFor()
    expect(await page.getByRole('meter').count()).toBe(0)
  })

  it('says the very command where nothing ran, and where no price is known', async () => {
    await using nothing = await stack.open('/costs?organization=nobody')
    await nothing.page.getByText("exectrail run -l python -e 'print(1)' --agent summer").waitFor()
    await using unpriced = await stack.open(`/costs?${WINDOW}&organization=unknown`)
    await unpriced.page.getByText('No execution of this window has a known cost.').waitFor()
    await unpriced.page.getByText('Of 1 executions, the resources of 1').waitFor()
    expect(await unpriced.page.getByRole('img', { name: 'Spend over time' }).count()).toBe(0)
  })

  it('fits a telephone, in the dark', async () => {
    await using opened = await stack.open(PATH, { size: NARROW, theme: 'dark' })
    await opened.page.getByText('Assuming that').waitFor()
    await expectAccessible(opened.page)
    expect(await overflowOf(opened.page)).toBeLessThanOrEqual(0)
  })
})
