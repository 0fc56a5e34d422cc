/**
 * The list of executions in a real browser while 50 a second end, as a reader leaves it open: one page where new rows wait,
 * one that follows the newest. The number is of seconds, 60 unless given. Frames, memory and elements of each page.
 */
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { loadConfig } from '../src/config.ts'
import { createExecutor } from '../src/executor/executor.ts'
import { obtainDashboard } from '../src/provision/dashboard.ts'
import { startStack } from '../src/stack/stack.ts'
import { requireBrowser } from '../tools/browser.ts'
import { printFigures, type Figure } from './figures.ts'
import { frameFigures, framesDuring } from './support/frames.ts'
import { temporaryHome } from './support/home.ts'
import { signIn, waitForAnswers } from './support/reader.ts'
import { startService } from './support/service.ts'
import { executeSteadily, immediate } from './support/steady-load.ts'

const PER_SECOND = 50
const SECONDS = Number(process.argv[2] ?? 60)
/** Executions before the pages are opened, so that they have a list. */
const WARM_UP_SECONDS = 5
const MIB = 1_048_576
const GROWTH_MAX_MIB = 5

interface Size {
  heapMib: number
  elements: number
}

async function sizeOf(page: Page, session: CDPSession): Promise<Size> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return {
    heapMib: usedSize / MIB,
    elements: await page.evaluate<number>('document.querySelectorAll("*").length'),
  }
}

/** The first third of the time fills what the page keeps; its size must not grow after. */
async function watch(browser: Browser, url: string, mode: 'wait' | 'follow'): Promise<Figure[]> {
  const context = await signIn(browser, url)
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await page.goto(`${url}/executions?live=${mode}`)
  await waitForAnswers(page)
  await page.waitForTimeout((SECONDS * 1000) / 3)
  const warm = await sizeOf(page, session)
  const frames = await framesDuring(page, () => page.waitForTimeout((SECONDS * 1000 * 2) / 3 - 2000))
  const end = await sizeOf(page, session)
  await context.close()
  return [
    ...frameFigures(mode, frames),
    { name: `${mode}: heap after a third of the time`, value: warm.heapMib, unit: 'MiB' },
    {
      name: `${mode}: its growth until the end`,
      value: end.heapMib - warm.heapMib,
      unit: 'MiB',
      target: { atMost: GROWTH_MAX_MIB },
    },
    { name: `${mode}: elements after a third of the time`, value: warm.elements, unit: '' },
    { name: `${mode}: elements at the end`, value: end.elements, unit: '' },
  ]
}

using home = temporaryHome('exectrail-bench-')
const config = loadConfig({ ...process.env, EXECTRAIL_HOME: home.path, EXECTRAIL_PORT: '0' })
const dashboard = await obtainDashboard({
  config: { ...config, ci: true },
  report: (line) => console.error(line),
})
const stack = await startStack(config, () => undefined)
const { clickhouse, clickhouseUser: user, clickhousePassword: password, otlpHttp } = stack.endpoints
const store = { url: clickhouse, user, password, database: 'exectrail' }
const service = await startService(home.path, { url: otlpHttp }, store, dashboard)
const executor = await createExecutor({
  config: { ...config, otlpEndpoint: otlpHttp },
  runtimes: [immediate],
})
const browser = await chromium.launch({
  executablePath: await requireBrowser(config.path),
  args: ['--no-sandbox'],
})
try {
  await executeSteadily(executor, { perSecond: PER_SECOND, seconds: WARM_UP_SECONDS })
  const executing = executeSteadily(executor, { perSecond: PER_SECOND, seconds: SECONDS })
  const watched = await Promise.all(
    (['wait', 'follow'] as const).map((mode) => watch(browser, service.url, mode)),
  )
  const count = await executing
  printFigures([{ name: 'executions/s', value: count / SECONDS, unit: '/s' }, ...watched.flat()])
} finally {
  await browser.close()
  await executor.close(0)
  await service.stop()
  await stack.stop()
}
