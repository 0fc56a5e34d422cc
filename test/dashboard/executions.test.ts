import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import type { ExecutionRecord } from '../../src/execution.ts'
import { FILTER_FIELDS, writtenOperatorsOf } from '../../src/record/conditions.ts'
import { fieldOf } from '../../src/record/record.ts'
import {
  BROWSER,
  expectAccessible,
  NARROW,
  overflowOf,
  startDashboard,
  type DashboardStack,
} from '../support/dashboard.ts'
import { makeRecord } from '../support/records.ts'

const SCRIPT = `<script>document.title = 'taken'</script><img src=x onerror="document.title = 'taken'">`
const HOSTILE = [
  SCRIPT,
  '\u202Egnp.exe\u202C \u2066abc',
  '\u001B[31mred\u001B[0m\u001B[2J\u001B[999999C\u0007\u0000\r\n\tnext',
  '👩‍👩‍👧‍👦🏴‍☠️ Z̸̡̢̛a̶l̴g̷o̵ \uFFFD',
  'x'.repeat(1_000_000),
]

/** On a busy machine a search stops before it has looked at all of the window. */
const NO_ROWS = /No executions match (?:the filters|so far)/u

let stack: DashboardStack

describe.skipIf(BROWSER === null)('the list of executions', () => {
  beforeAll(async () => {
    stack = await startDashboard(records())
  })
  afterAll(() => stack.stop())

  it.each([
    ['light', undefined],
    ['dark', NARROW],
  ] as const)('is accessible alone and beside an execution, %s', async (theme, size) => {
    await using opened = await stack.open('/executions', { theme, ...(size === undefined ? {} : { size }) })
    const { page } = opened
    await rowOf(page, 'boom 1').waitFor()
    await expectAccessible(page)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Execution', exact: true }).waitFor()
    await expectAccessible(page)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })

  it.each([1000, 1360])('has its errors in sight beside an opened execution, %d px wide', async (width) => {
    const size = { width, height: 850 }
    await using opened = await stack.open('/executions?where=outcome=failure', { size })
    const { page } = opened
    await rowOf(page, 'boom 1').click()
    await page.getByRole('complementary', { name: 'Execution', exact: true }).waitFor()
    const heading = page.getByRole('columnheader', { name: 'Error', exact: true })
    const [list, column] = await Promise.all([
      page.getByRole('region', { name: 'List' }).boundingBox(),
      heading.boundingBox(),
    ])
    expect(endOf(column)).toBeLessThanOrEqual(endOf(list))
    expect(column?.width).toBeGreaterThanOrEqual(90)
  })

  it('shows hostile data as text', async () => {
    await using opened = await stack.open('/executions?where=outcome=error')
    const { page } = opened
    const cell = page.getByRole('gridcell', { name: SCRIPT, exact: true }).first()
    await cell.waitFor()
    await page.getByRole('gridcell', { name: '␛[31mred␛[0m␛[2J␛[999999C␇␀ next' }).first().waitFor()
    expect(await page.locator('main img, main script').count()).toBe(0)
    await cell.click()
    await page.waitForURL((url) => url.pathname.startsWith('/executions/'))
    expect(await page.title()).toBe('Executions · exectrail')
  })

  it('has every field and operator in the address, as chips and in the question', async () => {
    await using opened = await stack.open('/executions')
    const { page } = opened
    const all = FILTER_FIELDS.flatMap((field) =>
      writtenOperatorsOf(field).map((operator) => `${field}${operator}${exampleOf(field)}`),
    )
    for (let from = 0; from < all.length; from += 50) {
      const where = all.slice(from, from + 50)
      const query = new URLSearchParams(where.map((condition): [string, string] => ['where', condition]))
      // The page before may ask again meanwhile.
      const asked = page.waitForRequest(
        (request) => request.url().includes('/v1/executions?') && conditionsOf(request.url())[0] === where[0],
      )
      await page.goto(`${stack.service.url}/executions?${query.toString()}`)
      expect(conditionsOf((await asked).url())).toEqual(where)
      await page.getByText(NO_ROWS).waitFor()
      expect(await page.getByRole('list', { name: 'Filters' }).getByRole('listitem').count()).toBe(
        where.length,
      )
    }
  })

  it('filters by a value, excludes one, and goes back by the browser', async () => {
    await using opened = await stack.open('/executions')
    const { page } = opened
    await rowOf(page, 'boom 2').getByRole('button', { name: 'failure' }).hover()
    await page.getByRole('button', { name: 'Show only Outcome failure' }).click()
    await page.waitForURL((url) => url.searchParams.get('where') === 'outcome=failure')
    await rowOf(page, 'boom 2').getByRole('button', { name: 'boom 2' }).focus()
    await page.getByRole('button', { name: 'Exclude Error boom 2' }).click()
    await rowOf(page, 'boom 2').waitFor({ state: 'detached' })
    await page.reload()
    await rowOf(page, 'boom 1').waitFor()
    expect(await rowOf(page, 'boom 2').count()).toBe(0)
    await page.getByRole('button', { name: 'Turn round Error != boom 2' }).click()
    await rowOf(page, 'boom 1').waitFor({ state: 'detached' })
    await page.goBack()
    await page.goBack()
    await page.waitForURL((url) => url.search === '?where=outcome%3Dfailure')
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.waitForURL((url) => url.search === '')
  })

  it('adds a condition by field, operator and value, and text', async () => {
    await using opened = await stack.open('/executions')
    const { page } = opened
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    const editor = page.getByRole('dialog', { name: 'Condition' })
    await editor.getByLabel('Field').selectOption('errorMessage')
    await editor.getByLabel('Operator').selectOption('contains')
    await editor.getByLabel('Value').fill('BOOM 2')
    await editor.getByRole('button', { name: 'Add filter' }).click()
    await page.waitForURL((url) => url.searchParams.get('where') === 'errorMessage~BOOM 2')
    await page.keyboard.press('/')
    await page.keyboard.type('boom 29')
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.searchParams.get('q') === 'boom 29')
    await searchOnUntil(page, '1 executions, all of the window')
    const values = page.getByRole('complementary', { name: 'Frequent values' })
    await values.getByRole('button', { name: 'Exclude Outcome failure' }).click()
    await page.getByText(NO_ROWS).waitFor()
    expect(new URL(page.url()).searchParams.getAll('where')).toEqual([
      'errorMessage~BOOM 2',
      'outcome!=failure',
    ])
  })

  it('is used by keys alone: moves, opens, goes on, marks two and compares them', async () => {
    await using opened = await stack.open('/executions?where=outcome=failure')
    const { page } = opened
    await rowOf(page, 'boom 1').waitFor()
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keys' })
    await sheet.waitFor()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'hidden' })
    for (const key of 'jxjx') await page.keyboard.press(key)
    await page.getByRole('button', { name: 'Compare 2 of 2' }).waitFor()
    await page.keyboard.press('Enter')
    const side = page.getByRole('complementary', { name: 'Execution', exact: true })
    await side.getByText('No. 2 of the list').waitFor()
    await page.keyboard.press('j')
    await side.getByText('No. 3 of the list').waitFor()
    await page.keyboard.press('k')
    await page.keyboard.press('k')
    await side.getByText('No. 1 of the list').waitFor()
    await page.keyboard.press('Escape')
    await side.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Compare 2 of 2' }).click()
    await page.waitForURL((url) => url.pathname === '/compare')
    const { searchParams } = new URL(page.url())
    expect(searchParams.get('a')).not.toBe(searchParams.get('b'))
  })

  it('keeps chosen columns in the address, and exports what the filter lets through', async () => {
    await using opened = await stack.open('/executions?where=outcome=failure')
    const { page } = opened
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Exit code' }).check()
    await page.getByRole('checkbox', { name: 'Language' }).uncheck()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'Exit code' }).waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const path = await page.getByRole('link', { name: 'CSV' }).first().getAttribute('href')
    const file = await (await page.request.get(`${stack.service.url}${path ?? ''}`)).text()
    const [header = '', ...lines] = file.trim().split('\n')
    expect(header).toContain('exitCode')
    expect(header).not.toContain('language')
    expect(lines).toHaveLength(30)
  })
})

/** Waits for the text, and lets a search go on that stopped before it had looked at all of the window. */
async function searchOnUntil(page: Page, text: string): Promise<void> {
  const wanted = page.getByText(text)
  const more = page.getByRole('button', { name: 'Search on' })
  for (;;) {
    await wanted.or(more).first().waitFor()
    if (await wanted.isVisible()) return
    // The button is gone where the answer arrives first.
    await more.click({ timeout: 5000 }).catch(() => undefined)
  }
}

function rowOf(page: Page, error: string) {
  return page.getByRole('row').filter({ has: page.getByRole('button', { name: error, exact: true }) })
}

function endOf(box: { x: number; width: number } | null): number {
  return box === null ? Number.NaN : box.x + box.width
}

/** A value that the field takes and no record has. */
function exampleOf(field: (typeof FILTER_FIELDS)[number]): string {
  const { type, values } = fieldOf(field)
  if (values !== undefined) return values[0]
  if (type === 'boolean') return 'true'
  if (type === 'time') return '2026-11-23T15:00:00Z'
  return type === 'integer' || type === 'double' ? '7' : 'a & b=c#"é'
}

function records(): ExecutionRecord[] {
  const at = (secondsAgo: number): { startedAt: string; timestamp: string } => {
    const time = new Date(Date.now() - secondsAgo * 1000).toISOString()
    return { startedAt: time, timestamp: time }
  }
  const failed = Array.from({ length: 30 }, (_, index) =>
    makeRecord({
      ...at(120 + index),
      outcome: 'failure',
      success: false,
      errorType: 'exception',
      errorMessage: `boom ${index + 1}`,
    }),
  )
  const hostile = HOSTILE.map((text, index) =>
    makeRecord({
      ...at(60 + index),
      codeAgentId: text.slice(0, 256),
      errorMessage: text,
      outcome: 'error',
      success: false,
    }),
  )
  return [...hostile, ...failed, ...Array.from({ length: 20 }, (_, index) => makeRecord(at(300 + index)))]
}

function conditionsOf(url: string): string[] {
  return new URL(url).searchParams.getAll('where')
}
