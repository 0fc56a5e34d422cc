import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROWSER,
  expectAccessibleInBothThemes,
  NARROW,
  overflowOf,
  startDashboard,
  takeComplaints,
  type DashboardStack,
  type OpenedPage,
} from '../support/dashboard.ts'

let stack: DashboardStack

const at = (settings: Record<string, string>): string => `/run?${new URLSearchParams(settings).toString()}`

async function run({ page }: OpenedPage): Promise<void> {
  await page.getByRole('option', { name: 'subprocess' }).waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Run', exact: true }).click()
}

describe.skipIf(BROWSER === null)('the page that runs code', () => {
  beforeAll(async () => {
    stack = await startDashboard([])
  })
  afterAll(() => stack.stop())

  it('runs code and shows its result, and keeps it over a reload, in both themes', async () => {
    const code = 'console.log("adding")\nfunction main({ n }) { return { n, at: [n] } }'
    await using opened = await stack.open(
      at({ language: 'javascript', code: 'function main() { return { sum: 6 } }', input: '{"n":1}' }),
    )
    const { page } = opened
    await page.waitForURL((url) => url.search === '')
    const editor = page.getByRole('textbox', { name: 'Code, javascript' })
    await editor.locator('.cm-line').first().waitFor()
    await editor.click()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type(code)
    await run(opened)
    await page.getByRole('region', { name: 'Result on subprocess' }).getByText('n:').waitFor()
    await page.getByRole('region', { name: 'stdout' }).getByText('adding').waitFor()
    await page.reload()
    await editor.locator('.cm-line').first().waitFor()
    expect(await editor.innerText()).toContain('adding')
    await expectAccessibleInBothThemes(page)
  })

  it('shows output as it comes, here and at the address of the run, and ends it on request', async () => {
    const code = 'import time\nprint("begun", flush=True)\ntime.sleep(60)\n'
    await using opened = await stack.open(at({ language: 'python', code }))
    const { page } = opened
    await run(opened)
    await page.getByRole('region', { name: 'stdout' }).getByText('begun').waitFor()
    await page.getByRole('link', { name: 'Open', exact: true }).click()
    await page.waitForURL((url) => url.pathname.startsWith('/executions/'))
    await page.getByText('running', { exact: true }).waitFor()
    await page.getByRole('region', { name: 'stdout' }).getByText('begun').waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText('It was cancelled before it ended.').waitFor()
    expect(await page.getByRole('button', { name: 'Run again' }).count()).toBe(1)
    // This stack delivers no spans.
    await page.getByText('Its spans are not stored').waitFor()
    expect(await takeComplaints(opened)).toContain('404')
  })

  it('fills the input by a form of its schema, and keeps large integers', async () => {
    const inputSchema = JSON.stringify({
      properties: {
        id: { type: 'integer', title: 'Number of the order' },
        kind: { enum: ['new', 'old'] },
        deep: { properties: { urgent: { type: 'boolean' } } },
      },
      required: ['id'],
    })
    await using opened = await stack.open(
      at({ language: 'python', code: 'def main(input):\n    return input', input: '{}', inputSchema }),
    )
    const { page } = opened
    await page.getByRole('textbox', { name: 'Number of the order' }).fill('9007199254740993')
    await page.getByRole('combobox', { name: 'kind' }).selectOption('old')
    await page.getByRole('checkbox', { name: 'urgent' }).check()
    await run(opened)
    const result = page.getByRole('region', { name: 'Result on subprocess' })
    await result.getByText('9007199254740993').waitFor()
    await result.getByText('true').waitFor()
    expect(await result.getByText('old').count()).toBe(1)
  })

  it('runs on every ready runtime side by side, on a telephone as well', async () => {
    await using opened = await stack.open(
      at({ language: 'javascript', runtime: 'all', code: 'function main() { return 6 * 7 }', input: '' }),
      { size: NARROW },
    )
    const { page } = opened
    await run(opened)
    for (const name of ['vm2', 'subprocess'])
      await page
        .getByRole('region', { name: `Result on ${name}` })
        .getByText('42')
        .waitFor()
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })

  it('says what cannot be sent, and what the service refuses', async () => {
    await using opened = await stack.open(at({ code: 'pass', input: '{"a":', memoryMb: '1' }))
    const { page } = opened
    await run(opened)
    await page.getByRole('alert').getByText('The input is no JSON').waitFor()
    await page.getByRole('textbox', { name: 'Input, JSON' }).fill('null')
    await run(opened)
    await page.getByRole('alert').getByText('limits.memoryMb').waitFor()
    expect(await takeComplaints(opened)).toContain('limits.memoryMb')
  })
})
