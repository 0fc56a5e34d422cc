/** The dashboard in a real browser, over a real service and store. */
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { readDashboard } from '../../src/api/dashboard-files.ts'
import { loadConfig } from '../../src/config.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import { obtainDashboard } from '../../src/provision/dashboard.ts'
import { findBrowser } from '../../tools/browser.ts'
import { startApiStack, type ApiStack } from './api-stack.ts'
import { insertRecords } from './records.ts'
import { ADMIN_KEY } from './service.ts'

const WIDE = { width: 1440, height: 900 }
/** A telephone. */
export const NARROW = { width: 390, height: 844 }
/** How long an action or a condition may take on a busy machine. */
const PATIENCE_MS = 60_000

/** Debian's browser, or one that is installed; null: these tests are skipped. */
export const BROWSER = await findBrowser(process.env['PATH'] ?? '')
if (BROWSER === null)
  process.stderr.write(
    'no browser on PATH: the tests of the dashboard are skipped (apt-get install chromium-headless-shell)\n',
  )

export interface DashboardStack extends ApiStack {
  insert: (records: readonly ExecutionRecord[]) => Promise<void>
  /** Opens a path, signed in, in a browser profile of its own. */
  open: (path: string, options?: OpenOptions) => Promise<OpenedPage>
}

export interface OpenOptions {
  theme?: 'light' | 'dark'
  size?: { width: number; height: number }
  /** Whose browser it is. @default the administrator's */
  key?: string
}

/** A page that was opened; leaving its scope closes it and expects that the browser had nothing to complain of. */
export interface OpenedPage extends AsyncDisposable {
  page: Page
  /** Errors of the console, requests that failed, scripts that threw. A test that causes one empties it. */
  complaints: string[]
}

/** Starts the service over `records`, and a browser; `stop` ends both. */
export async function startDashboard(
  records: readonly ExecutionRecord[],
  others: Omit<Parameters<typeof startApiStack>[0] & object, 'dashboard'> = {},
): Promise<DashboardStack> {
  const report = (line: string): void => void process.stderr.write(`${line}\n`)
  const directory = await obtainDashboard({ config: { ...loadConfig(), ci: true }, report })
  const stack = await startApiStack({ ...others, dashboard: readDashboard(directory) })
  await insertRecords(stack.clickhouse, records)
  const browser = await launch()
  return {
    ...stack,
    insert: (more) => insertRecords(stack.clickhouse, more),
    open: (path, options) => open(browser, stack.service.url, { path, ...options }),
    stop: async () => {
      await browser.close()
      await stack.stop()
    },
  }
}

/** Expects that axe finds nothing against WCAG 2 AA. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`,
  )
  expect(found).toEqual([])
}

/** As above, in the light and in the dark; for a page that follows the system. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page)
  }
}

/** Expects that each label of a form stands above its field, which has room for what is written. */
export async function expectLabelsAbove(form: Locator): Promise<void> {
  await form.waitFor()
  const labels = await form.locator('label:has(> :is(input:not([type=checkbox]), select))').all()
  expect(labels).not.toEqual([])
  for (const label of labels) {
    const [around, field] = await Promise.all([
      label.boundingBox(),
      label.locator('input, select').boundingBox(),
    ])
    const above = (field?.y ?? 0) - (around?.y ?? 0)
    const name = (await label.textContent()) ?? ''
    expect(above, name).toBeGreaterThan(10)
    expect(field?.width, name).toBeGreaterThan(70)
  }
}

/** By how many pixels the page is wider than its window. */
export async function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
}

function launch(): Promise<Browser> {
  if (BROWSER === null) throw new Error('no browser')
  // The tests run as root in a container, where Chromium's own sandbox cannot start; the pages are our own.
  return chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

async function open(
  browser: Browser,
  url: string,
  { path, theme = 'light', size = WIDE, key = ADMIN_KEY }: OpenOptions & { path: string },
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: size, colorScheme: theme, timezoneId: 'UTC' })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.request.get(`${url}/?key=${key}`)
  const page = await context.newPage()
  const complaints = listen(page)
  await page.goto(`${url}${path}`)
  await page.getByRole('main').waitFor()
  return {
    page,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close()
      expect(complaints).toEqual([])
    },
  }
}

function listen(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => {
    // A page that is left ends its own requests.
    const why = request.failure()?.errorText ?? ''
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() < 400) return
    const index = complaints.push(`${response.url()} answered ${response.status()}`) - 1
    void response.text().then(
      (text) => (complaints[index] += `: ${text.slice(0, 500)}`),
      () => undefined,
    )
  })
  return complaints
}
