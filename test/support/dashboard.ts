/** The dashboard in a real browser, over a real service and store. */
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { readDashboard, type DashboardFiles } from '../../src/api/dashboard-files.ts'
import { loadConfig } from '../../src/config.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import { obtainDashboard } from '../../src/provision/dashboard.ts'
import { findBrowser } from '../../tools/browser.ts'
import { startApiStack, type ApiStack } from './api-stack.ts'
import { exitOnSigterm } from './end-with-process.ts'
import { insertRecords } from './records.ts'
import { ADMIN_KEY } from './service.ts'
import { waitFor } from './wait.ts'

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

/** Starts the service over `records`; `stop` ends it. */
export async function startDashboard(
  records: readonly ExecutionRecord[],
  others: Omit<Parameters<typeof startApiStack>[0] & object, 'dashboard'> = {},
): Promise<DashboardStack> {
  const stack = await startApiStack({ ...others, dashboard: await theFiles() })
  await insertRecords(stack.clickhouse, records)
  return {
    ...stack,
    insert: (more) => insertRecords(stack.clickhouse, more),
    open: async (path, options) => open(await theBrowser(), stack.service.url, { path, ...options }),
  }
}

/** Expects that axe finds nothing against WCAG 2 AA. */
export async function expectAccessible(page: Page): Promise<void> {
  const axe = await axeOn(page)
  await expectNoViolations(axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']))
}

/** As above, in the light and in the dark; for a page that follows the system. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' })
  await expectAccessible(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  // The themes have one document: what is left to ask is of colours.
  const axe = await axeOn(page)
  await expectNoViolations(axe.withRules(['color-contrast', 'link-in-text-block']))
}

/**
 * In the page itself: without frames it needs no other page to join results, each of which is a process. Where it has been
 * before, it is not sent again: it is half a megabyte.
 */
async function axeOn(page: Page): Promise<AxeBuilder> {
  const isThere = await page.evaluate<boolean>(`'axe' in window`)
  const builder = new AxeBuilder({ page, ...(isThere ? { axeSource: 'window.axe.version' } : {}) })
  return builder.setLegacyMode().options({ resultTypes: ['violations'] })
}

async function expectNoViolations(axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze()
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`,
  )
  expect(found).toEqual([])
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

/** Takes what the browser complained of, which may come after the page has shown it. */
export async function takeComplaints({ complaints }: OpenedPage): Promise<string> {
  await waitFor(() => complaints.length > 0, { what: 'a complaint' })
  return complaints.splice(0).join('\n')
}

/** By how many pixels the page is wider than its window. */
export async function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
}

let read: Promise<DashboardFiles> | null = null

/** Finding out whether they are built takes as long as reading all source files. */
function theFiles(): Promise<DashboardFiles> {
  const report = (line: string): void => void process.stderr.write(`${line}\n`)
  read ??= obtainDashboard({ config: { ...loadConfig(), ci: true }, report }).then(readDashboard)
  return read
}

let launched: Promise<Browser> | null = null

/** One for all pages of this process, which end with their contexts; it ends with the process. */
function theBrowser(): Promise<Browser> {
  launched ??= launch()
  return launched
}

async function launch(): Promise<Browser> {
  if (BROWSER === null) throw new Error('no browser')
  exitOnSigterm()
  // The tests run as root in a container, where Chromium's own sandbox cannot start; the pages are our own.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  return chromium.launch({ executablePath: BROWSER, args, handleSIGTERM: false })
}

async function open(
  browser: Browser,
  url: string,
  { path, theme = 'light', size = WIDE, key = ADMIN_KEY }: OpenOptions & { path: string },
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: theme,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.request.get(`${url}/?key=${key}`)
  const page = await context.newPage()
  const { complaints, settled } = listen(page)
  await page.goto(`${url}${path}`)
  await page.getByRole('main').waitFor()
  return {
    page,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close()
      await settled()
      expect(complaints).toEqual([])
    },
  }
}

function listen(page: Page): { complaints: string[]; settled: () => Promise<unknown> } {
  const complaints: string[] = []
  const reading: Promise<unknown>[] = []
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return
    // The events below say so with the answer.
    if (!message.text().startsWith('Failed to load resource')) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => {
    // A page that is left ends its own requests.
    const why = request.failure()?.errorText ?? ''
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() < 400) return
    const complain = (text: string): unknown =>
      complaints.push(`${response.url()} answered ${response.status()}: ${text.slice(0, 500)}`)
    // An answer whose page is left has no text.
    reading.push(
      response
        .text()
        .catch(() => '')
        .then(complain),
    )
  })
  return { complaints, settled: () => Promise.all(reading) }
}
