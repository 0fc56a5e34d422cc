import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROWSER,
  expectAccessibleInBothThemes,
  NARROW,
  overflowOf,
  startDashboard,
  takeComplaints,
  type DashboardStack,
} from '../support/dashboard.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { makeRecord } from '../support/records.ts'

const HOSTILE = `<script>document.title='taken'</script> \u202eright\u2066 \u001b[31mred\u0000 😀 مرحبا ${'x'.repeat(1_000_000)}`
const KEY_ERROR = '00000000000000aa'
const TYPE_ERROR = '00000000000000bb'
const STRANGE = '00000000000000cc'

function failure(errorFingerprint: string, errorMessage: string, part: object = {}) {
  const common = { outcome: 'failure', success: false, errorType: 'exception' } as const
  const errorStack = `Traceback (most recent call last):\n  File "main.py", line 3, in main\n${errorMessage}`
  return makeRecord({ ...common, errorFingerprint, errorMessage, errorStack, ...part })
}

const records = [
  failure(KEY_ERROR, "KeyError: 'total'", { codeAgentVersion: '4' }),
  failure(KEY_ERROR, "KeyError: 'total'", { codeAgentVersion: '4', userId: 'u1' }),
  failure(TYPE_ERROR, 'TypeError: rows is not iterable', { codeAgentId: 'report' }),
  failure(STRANGE, HOSTILE, { codeAgentId: '<b>agent</b>' }),
  failure(STRANGE, HOSTILE.slice(0, 100), { organizationId: 'globex' }),
]

let metadata: TestMetadata
let stack: DashboardStack

describe.skipIf(BROWSER === null)('the pages of errors', () => {
  beforeAll(async () => {
    metadata = await startMetadata()
    stack = await startDashboard(records, { metadata })
  })
  afterAll(async () => {
    await stack.stop()
    await metadata[Symbol.asyncDispose]()
  })

  it('resolve a group, take that back, and keep the state of the page in the address', async () => {
    await using opened = await stack.open('/errors')
    const { page } = opened
    await page.getByRole('button', { name: 'Resolve: TypeError' }).click()
    await page.getByText('Resolved: TypeError').waitFor()
    const row = page.getByRole('link', { name: 'TypeError' })
    await row.waitFor({ state: 'detached' })
    await page.getByRole('navigation', { name: 'State' }).getByText('Resolved', { exact: true }).click()
    await page.waitForURL((url: URL) => url.search === '?state=resolved')
    await row.waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Reopened: TypeError').waitFor()
    await page.getByText('No error is resolved in this window').waitFor()
    await page.goBack()
    await row.waitFor()
    expect(new URL(page.url()).search).toBe('')
  })

  it('assign a group with the keyboard alone, and show who decided what', async () => {
    await using opened = await stack.open(`/errors/${KEY_ERROR}`)
    const { page } = opened
    await page.getByRole('button', { name: 'Assign: KeyError' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type('Ada')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Assigned to Ada' }).waitFor()
    await page.getByText('administrator assigned it to Ada').waitFor()
    await page.getByText('File "main.py", line 3').waitFor()
    await page.getByRole('link', { name: '2 executions' }).click()
    await page.waitForURL((url: URL) => url.pathname === '/executions')
    expect(new URL(page.url()).search).toBe(`?where=errorFingerprint%3D${KEY_ERROR}`)
  })

  it('go back to what was there when the service refuses', async () => {
    await using opened = await stack.open('/errors')
    const { page } = opened
    await page.route('**/v1/errors/*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'metadata_unavailable', detail: 'Postgres does not answer' }),
      }),
    )
    await page.getByRole('button', { name: 'Ignore: KeyError' }).click()
    await page.getByText('Not done: Postgres does not answer').waitFor()
    await page.getByRole('button', { name: 'Ignore: KeyError' }).waitFor()
    expect(await takeComplaints(opened)).toContain('503')
  })

  it('leave a group of several organizations alone until one is chosen', async () => {
    await using opened = await stack.open('/errors')
    const { page } = opened
    const resolve = page.getByRole('button', { name: 'Resolve: <script>' })
    expect(await resolve.isDisabled()).toBe(true)
    await page.getByRole('combobox', { name: 'Organization' }).selectOption('globex')
    await page.waitForURL((url: URL) => url.search === '?organization=globex')
    await page.getByRole('link', { name: 'KeyError' }).waitFor({ state: 'detached' })
    expect(await resolve.isEnabled()).toBe(true)
  })

  it('show hostile text as text, in both themes, on a telephone as well', async () => {
    for (const path of ['/errors', `/errors/${STRANGE}`]) {
      await using opened = await stack.open(path)
      const { page } = opened
      await page.getByText("<script>document.title='taken'</script> [U+202E]right").first().waitFor()
      await page.getByText('Decisions').or(page.getByRole('table')).first().waitFor()
      await expectAccessibleInBothThemes(page)
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      await page.setViewportSize(NARROW)
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      expect(await page.title()).not.toBe('taken')
    }
  })

  it('say where an error was not seen in the window, and lead to a longer one', async () => {
    await using opened = await stack.open('/errors/00000000000000ff')
    await opened.page.getByRole('link', { name: 'Look for it in the last year' }).click()
    await opened.page.waitForURL((url: URL) => url.search !== '')
    expect(new URL(opened.page.url()).search).toBe('?range=1y')
  })
})
