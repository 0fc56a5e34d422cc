/** The marketplace in a real browser: two organizations publish, try, install, yank, update and fork. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import {
  BROWSER,
  expectAccessibleInBothThemes,
  expectLabelsAbove,
  NARROW,
  overflowOf,
  startDashboard,
  takeComplaints,
  type DashboardStack,
} from '../support/dashboard.ts'
import { countRuns, publishVersion } from '../support/marketplace.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { makeRecord } from '../support/records.ts'
import { ACME_KEY, GLOBEX_KEY } from '../support/service.ts'

const CODE = 'def main(input):\n    return {"sum": sum(input["xs"])}\n'
const README =
  '# Summer\n\nAdds the **numbers** of a list.\n\n| in | out |\n|---|---|\n| `[1, 2]` | 3 |\n\n<img src=x onerror=alert(1)> [here](javascript:alert(1)) [there](https://example.com/)\n'
const run = makeRecord({
  codeAgentId: 'adding',
  code: CODE,
  input: '{"xs":[1,2,3]}',
  result: '{"sum":6}',
  requestLoss: 'none',
})

let metadata: TestMetadata
let stack: DashboardStack

describe.skipIf(BROWSER === null)('the marketplace', () => {
  beforeAll(async () => {
    metadata = await startMetadata()
    stack = await startDashboard([run], { metadata, signatures: 'optional' })
  })
  afterAll(async () => {
    await stack.stop()
    await metadata[Symbol.asyncDispose]()
  })

  it('says what to do while there is no agent, installed or published', async () => {
    await using opened = await stack.open('/marketplace', { key: ACME_KEY })
    const { page } = opened
    await page.getByText('There is no agent yet').waitFor()
    await expectAccessibleInBothThemes(page)
    await page.getByRole('link', { name: 'Installed' }).click()
    await page.getByText('exectrail agent install acme/summer@^1.0').waitFor()
    expect(await page.getByRole('link', { name: 'Reviews' }).count()).toBe(0)
  })

  it('makes an agent of an execution, says what its checks refuse, and publishes it', async () => {
    await using opened = await stack.open(`/executions/${run.executionId}`, { key: ACME_KEY })
    const { page } = opened
    await page.getByRole('link', { name: 'Make an agent of this run' }).click()
    await page.getByText('with its input and result for an example').waitFor()
    const output = page.getByRole('textbox', { name: 'Output of the example' })
    await expect.poll(() => output.innerText()).toContain('"sum": 6')
    await write(output, '{"sum": 7}')
    await page.getByLabel('Name', { exact: true }).fill('acme/summer')
    await page.getByLabel('Description, one line').fill('Adds the numbers of a list')
    await page.getByLabel('Topics, with commas').fill('math, lists')
    await page.getByRole('textbox', { name: 'README' }).fill(README)
    await expectAccessibleInBothThemes(page)
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1360, height: 850 })
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByRole('alert').getByText('returned {"sum":6}, expected {"sum":7}').waitFor()
    expect(await takeComplaints(opened)).toContain('/v1/')
    await write(output, '{"sum": 6}')
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByRole('heading', { level: 1, name: 'acme/summer' }).waitFor()
    await page.getByText('checked', { exact: true }).waitFor()
    await page.getByText('private', { exact: true }).first().waitFor()
  })

  it('draws the README without its HTML, its scripts and anything from elsewhere', async () => {
    await using opened = await stack.open('/marketplace/acme/summer', { key: ACME_KEY })
    const { page } = opened
    const readme = page.getByRole('region', { name: 'README' }).or(card(page, 'README')).first()
    await readme.getByText('<img src=x onerror=alert(1)>').waitFor()
    await readme.getByRole('table').getByText('[1, 2]').waitFor()
    const links = readme.getByRole('link')
    expect(await links.count()).toBe(1)
    expect(await links.getAttribute('href')).toBe('https://example.com/')
    expect(await readme.locator('img').count()).toBe(0)
  })

  it('shows nothing of a private agent to another organization', async () => {
    await using opened = await stack.open('/marketplace?q=summer', { key: GLOBEX_KEY })
    const { page } = opened
    await page.getByText('No agent matches “summer”').waitFor()
    await page.goto(`${stack.service.url}/marketplace/acme/summer`)
    await page.getByRole('alert').getByText('Not found').waitFor()
    expect(await page.getByText('Adds the numbers').count()).toBe(0)
    expect(await takeComplaints(opened)).toContain('/v1/')
  })

  it('waits for the review of an administrator before others see it', async () => {
    await using opened = await stack.open('/marketplace/acme/summer', { key: ACME_KEY })
    const { page } = opened
    await page.getByLabel('Who sees it').selectOption('public')
    await page.getByRole('button', { name: 'Set who sees it' }).click()
    await page.getByText('once an administrator has approved it').waitFor()
    await using reviewing = await stack.open('/marketplace?show=reviews')
    await expectAccessibleInBothThemes(reviewing.page)
    await reviewing.page.getByRole('button', { name: 'Refuse …' }).click()
    const form = reviewing.page.getByRole('form', { name: 'Refuse acme/summer' })
    await expectLabelsAbove(form)
    await form.getByRole('button', { name: 'Cancel' }).click()
    await reviewing.page.getByRole('button', { name: 'Approve for everyone: acme/summer 1.0.0' }).click()
    await reviewing.page.getByText('No version waits for a review').waitFor()
    await page.reload()
    await page.getByText('reviewed', { exact: true }).waitFor()
    expect(await page.getByText('once an administrator has approved it').count()).toBe(0)
  })

  it('is found by others, by words, topic and language, and from nothing found there is a way out', async () => {
    await using opened = await stack.open('/marketplace', { key: GLOBEX_KEY })
    const { page } = opened
    await page.getByLabel('Search').fill('numbers list')
    await page.getByLabel('Search').press('Enter')
    const found = page.getByRole('list', { name: 'Agents' })
    await found.getByRole('link', { name: 'acme/summer' }).waitFor()
    const topics = page.getByRole('list', { name: 'Topics of what was found' })
    await topics.getByRole('button', { name: 'lists (1)', exact: true }).waitFor()
    const languages = page.getByLabel('Language').getByRole('option')
    await expect.poll(() => languages.allTextContents()).toContain('python (1)')
    await found.getByRole('button', { name: 'math' }).click()
    await expect.poll(() => new URL(page.url()).searchParams.get('topic')).toBe('math')
    await page.getByLabel('Licence').selectOption({ label: 'Apache-2.0 (1)' })
    await page.getByLabel('Language').selectOption('bash')
    await page.getByText('No agent matches “numbers list”').waitFor()
    await expectAccessibleInBothThemes(page)
    await page.getByRole('button', { name: 'Under any licence, not only Apache-2.0' }).waitFor()
    await page.getByRole('button', { name: 'In any language, not only bash' }).click()
    await found.getByRole('link', { name: 'acme/summer' }).waitFor()
    await expectAccessibleInBothThemes(page)
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })

  it('is tried by a form of its schema, and installed', async () => {
    await using opened = await stack.open('/marketplace/acme/summer', { key: GLOBEX_KEY })
    const { page } = opened
    await page.getByRole('link', { name: 'Try it' }).click()
    await page.getByLabel('xs').fill('[20, 22]')
    await expectAccessibleInBothThemes(page)
    const begun = page.waitForRequest((request) => request.method() === 'POST')
    await page.getByRole('button', { name: 'Run 1.0.0' }).click()
    expect((await begun).postDataJSON()).toEqual({
      idempotencyKey: expect.any(String),
      agent: 'acme/summer@1.0.0',
      runtime: 'subprocess',
      input: { xs: [20, 22] },
      context: { organizationId: 'globex' },
    })
    await page.getByRole('region', { name: 'Result on subprocess' }).getByText('42').waitFor()
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1360, height: 850 })
    await page.getByRole('link', { name: 'About' }).click()
    const form = page.getByRole('form', { name: 'Install acme/summer' })
    await expectLabelsAbove(form)
    await form.getByRole('button', { name: 'Install' }).click()
    await page.getByText('^1.0, stands at 1.0.0').waitFor()
    await expectAccessibleInBothThemes(page)
    expect(await page.getByRole('form', { name: 'State' }).count()).toBe(0)
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })

  it('lays its versions side by side, and a yanked one says so wherever it is used', async () => {
    await publishVersion(stack.service, '1.1.0', CODE.replace('sum(input["xs"])', 'sum(input["xs"], 0.5)'))
    await publishVersion(stack.service, '2.0.0', CODE.replace('"sum":', '"total":'))
    await using user = await stack.open('/marketplace?show=installed', { key: GLOBEX_KEY })
    const row = user.page.getByRole('row').filter({ hasText: 'acme/summer' })
    await row.getByRole('button', { name: 'Update acme/summer to 1.1.0' }).click()
    await row.getByText('2.0.0, which ^1.0 leaves out').waitFor()

    await using opened = await stack.open('/marketplace/acme/summer?version=1.1.0', { key: ACME_KEY })
    const { page } = opened
    const state = page.getByRole('form', { name: 'State' })
    await state.getByLabel('State').selectOption('yanked')
    await state.getByLabel('Reason').fill('adds a half too much')
    await state.getByRole('button', { name: 'Set the state' }).click()
    await page.getByText('acme/summer@1.1.0 is yanked: adds a half too much').waitFor()
    await page.getByRole('link', { name: 'Versions' }).click()
    const diff = page.getByRole('region', { name: 'Code, differences' })
    await page.getByLabel('A, before').selectOption('1.0.0')
    await diff.getByText('"total": sum').waitFor()
    await expectAccessibleInBothThemes(page)
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)

    await user.page.reload()
    await row.getByText('acme/summer@1.1.0 is yanked: adds a half too much').waitFor()
    await expectAccessibleInBothThemes(user.page)
    await user.page.setViewportSize(NARROW)
    expect(await overflowOf(user.page)).toBeLessThanOrEqual(0)
  })

  it('is forked with its origin, and the copy is private', async () => {
    await using opened = await stack.open('/marketplace/acme/summer?version=1.0.0', { key: GLOBEX_KEY })
    const { page } = opened
    const form = page.getByRole('form', { name: 'Fork acme/summer' })
    await form.getByLabel('Name of the copy').fill('acme/other')
    await form.getByRole('button', { name: 'Fork it' }).click()
    await form.getByRole('alert').getByText('acme').waitFor()
    expect(await takeComplaints(opened)).toContain('/v1/')
    await form.getByLabel('Name of the copy').fill('globex/adder')
    await form.getByRole('button', { name: 'Fork it' }).click()
    await page.getByRole('heading', { level: 1, name: 'globex/adder' }).waitFor()
    await page.getByRole('link', { name: 'acme/summer@1.0.0' }).click()
    await page.getByRole('heading', { level: 1, name: 'acme/summer' }).waitFor()
    await using owner = await stack.open('/marketplace?q=adder', { key: ACME_KEY })
    await owner.page.getByText('No agent matches “adder”').waitFor()
    expect(await owner.page.getByText('globex/adder').count()).toBe(0)
  })

  it('shows on how many runs each figure rests, and where they are few', async () => {
    await countRuns(metadata.database)
    await using opened = await stack.open('/marketplace', { key: GLOBEX_KEY })
    const { page } = opened
    await page.getByRole('list', { name: 'Agents' }).getByText('of 1,200 runs').waitFor()
    await expectAccessibleInBothThemes(page)
    await page.getByRole('link', { name: 'acme/summer' }).click()
    await page.getByText('of 5 runs, few').waitFor()
    await page.getByRole('link', { name: 'Versions' }).click()
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: '1.0.0' }) })
    await row.getByRole('cell', { name: '95.0 %' }).waitFor()
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })
})

/** Replaces what stands in an editor. */
async function write(editor: Locator, text: string): Promise<void> {
  await editor.click()
  await editor.press('Control+a')
  await editor.fill(text)
}

function card(page: Page, title: string): Locator {
  return page
    .locator('section')
    .filter({ has: page.getByRole('heading', { level: 2, name: title, exact: true }) })
}
