/** Frequent values beside the list: several of a field are one condition. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSER, expectAccessible, startDashboard, type DashboardStack } from '../support/dashboard.ts'
import { makeRecord } from '../support/records.ts'

const outcomes = ['failure', 'failure', 'error', 'success', 'success'] as const
let stack: DashboardStack

describe.skipIf(BROWSER === null)('frequent values', () => {
  beforeAll(async () => {
    stack = await startDashboard(
      outcomes.map((outcome) => makeRecord({ outcome, success: outcome === 'success' })),
    )
  })
  afterAll(() => stack.stop())

  it('are chosen several at a time as one chip, to include and to exclude', async () => {
    await using opened = await stack.open('/executions')
    const { page } = opened
    const whereIs = (...where: string[]) =>
      page.waitForURL(({ searchParams }) => searchParams.getAll('where').join('&') === where.join('&'))
    const values = page
      .getByRole('complementary', { name: 'Frequent values' })
      .getByRole('list', { name: 'Outcome' })
    await values.getByRole('button', { name: 'failure' }).first().click()
    await whereIs('outcome=failure')
    await values.getByRole('button', { name: 'error' }).first().click()
    await whereIs('outcome:failure,error')
    await page.reload()
    await page.getByText('3 executions, all of the window').waitFor()
    const chips = page.getByRole('list', { name: 'Filters' }).getByRole('listitem')
    expect(await chips.allTextContents()).toEqual(['Outcomeany offailure, error'])
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Turn round Outcome any of failure, error' }).click()
    await whereIs('outcome!:failure,error')
    await page.getByText('2 executions, all of the window').waitFor()
    await values.getByRole('button', { name: 'Exclude Outcome error', pressed: true }).click()
    await whereIs('outcome!=failure')
    await values.getByRole('button', { name: 'Exclude Outcome success' }).click()
    await whereIs('outcome!:failure,success')
    await page.getByText('1 executions, all of the window').waitFor()
    await chips.getByRole('button', { name: 'Outcome', exact: true }).click()
    const editor = page.getByRole('dialog', { name: 'Condition' })
    await editor.getByRole('checkbox', { name: 'timeout' }).check()
    await editor.getByRole('button', { name: 'Change filter' }).click()
    await whereIs('outcome!:failure,success,timeout')
  })
})
