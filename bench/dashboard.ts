/**
 * The dashboard as its reader feels it, in a real browser over a store with many rows (1,000,000 unless given): from opening
 * a page with an empty cache to its first paint and to its last answer, from each click or key to the next paint, the frames
 * of a scroll through 100,000 rows, and the longest task for lines of a megabyte.
 */
import { chromium, type Browser } from 'playwright-core'
import { loadConfig } from '../src/config.ts'
import { obtainDashboard } from '../src/provision/dashboard.ts'
import { requireBrowser } from '../tools/browser.ts'
import { percentile, printFigures, type Figure } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import { openLongLine, scrollList } from './support/long-content.ts'
import { signIn, waitForAnswers, walk, type Interaction } from './support/reader.ts'
import { startService } from './support/service.ts'
import { openFullStore } from './support/store-data.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const ROUNDS = 5
const PAGES = ['Overview', 'Executions', 'Agents', 'Workflows', 'Errors', 'Live', 'Run', 'SQL', 'Settings']
const FIRST_PAINT_MAX_MS = 1000
const INTERACTION_MAX_MS = 100

interface Opened {
  firstPaint: number
  answered: number
}

async function openPage(browser: Browser, url: string, path: string): Promise<Opened> {
  const context = await signIn(browser, url)
  const page = await context.newPage()
  const begun = performance.now()
  await page.goto(url + path)
  await waitForAnswers(page)
  const answered = performance.now() - begun
  const firstPaint = await page.evaluate<number>(
    `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`,
  )
  await context.close()
  return { firstPaint, answered }
}

async function measurePages(browser: Browser, url: string): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const name of PAGES) {
    const path = name === 'Overview' ? '/' : `/${name.toLowerCase()}`
    const opened: Opened[] = []
    for (let round = 0; round < ROUNDS; round += 1) opened.push(await openPage(browser, url, path))
    const of = (part: keyof Opened): number =>
      percentile(
        opened.map((one) => one[part]),
        0.5,
      )
    figures.push(
      {
        name: `${name}: first contentful paint, p50`,
        value: of('firstPaint'),
        unit: 'ms',
        target: { atMost: FIRST_PAINT_MAX_MS },
      },
      { name: `${name}: every answer shown, p50`, value: of('answered'), unit: 'ms' },
    )
  }
  return figures
}

/** Each interaction with the longest of its waits, then all of them together. */
async function measureInteractions(browser: Browser, url: string): Promise<Figure[]> {
  const interactions: Interaction[] = []
  for (let round = 0; round < ROUNDS; round += 1) interactions.push(...(await walk(browser, url)))
  const target = { atMost: INTERACTION_MAX_MS }
  const waits = interactions.map(({ waitMs }) => waitMs)
  const longest = [...Map.groupBy(interactions, ({ name }) => name)].map(([name, ones]) =>
    ones.reduce((long, one) => (one.waitMs > long.waitMs ? one : long), { name, waitMs: 0, why: '' }),
  )
  return [
    ...longest.map(({ name, waitMs, why }) => ({
      name: `${name}${why === '' ? '' : ` (${why})`}, the longest of ${ROUNDS}`,
      value: waitMs,
      unit: 'ms',
      target,
    })),
    {
      name: `click or key to the next paint, of ${waits.length}: p95`,
      value: percentile(waits, 0.95),
      unit: 'ms',
      target,
    },
    { name: 'the longest', value: Math.max(...waits), unit: 'ms', target },
  ]
}

using home = temporaryHome('exectrail-bench-')
const report = (line: string): void => console.error(line)
const dashboard = await obtainDashboard({ config: { ...loadConfig(), ci: true }, report })
const full = await openFullStore(ROWS)
const service = await startService(home.path, { url: 'http://127.0.0.1:9' }, full.users.service, dashboard)
const browser = await chromium.launch({
  executablePath: await requireBrowser(loadConfig().path),
  args: ['--no-sandbox'],
})
try {
  printFigures(await measurePages(browser, service.url))
  printFigures(await measureInteractions(browser, service.url))
  printFigures([...(await scrollList(browser, service.url)), ...(await openLongLine(browser, service.url))])
} finally {
  await browser.close()
  await service.stop()
  await full.stop()
}
