/** What is long in the dashboard: a list of 100,000 rows, and a line of a megabyte. */
import type { Browser, Page } from 'playwright-core'
import type { Figure } from '../figures.ts'
import { frameFigures, framesDuring } from './frames.ts'
import { signIn, waitForAnswers } from './reader.ts'

const LIST_ROWS = 100_000
const ROW_PX = 32
/** Of a turn of the wheel: 10 rows. */
const STEP_PX = 320
const TURNS = 200
const PATIENCE_MS = 20_000
const SCROLLER = `document.querySelector('[role=grid]').parentElement`
const LINE = 'x'.repeat(1_048_576)
const LONG_TASK_MAX_MS = 200

/** Loads the rows by going to the end again and again, then scrolls through some of them as a reader does. */
export async function scrollList(browser: Browser, url: string): Promise<Figure[]> {
  const context = await signIn(browser, url)
  const page = await context.newPage()
  await page.goto(`${url}/executions?range=1y&live=off`)
  await waitForAnswers(page)
  const rows = await loadRows(page)
  await page.mouse.move(700, 600)
  const frames = await framesDuring(page, async () => {
    for (let turn = 0; turn < TURNS; turn += 1) await page.mouse.wheel(0, -STEP_PX)
  })
  await context.close()
  return frameFigures(`scrolling in ${rows.toLocaleString('en')} rows`, frames)
}

/** In the page, so that no question from outside takes its time. Returns how many rows there are. */
function loadRows(page: Page): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const scroller = ${SCROLLER};
    let rows = 0;
    for (let since = Date.now(); rows < ${LIST_ROWS} && Date.now() - since < ${PATIENCE_MS};) {
      scroller.scrollTo({ top: scroller.scrollHeight });
      await new Promise((resolve) => setTimeout(resolve, 50));
      const found = scroller.querySelector('tbody').clientHeight / ${ROW_PX};
      if (found > rows) since = Date.now();
      rows = found;
    }
    return rows;
  })()`)
}

/** An execution whose record has a line of a megabyte in output, result and code. */
export async function openLongLine(browser: Browser, url: string): Promise<Figure[]> {
  const context = await signIn(browser, url)
  const page = await context.newPage()
  await page.goto(`${url}/executions?where=outcome=success&range=1y&live=off`)
  await waitForAnswers(page)
  await page.route(/\/v1\/executions\/[^/?]+$/u, async (route) => {
    const record: object = await (await route.fetch()).json()
    const long = { stdout: LINE, stdoutBytes: LINE.length, result: { text: LINE }, code: LINE }
    await route.fulfill({ json: { ...record, ...long } })
  })
  const frames = await framesDuring(page, async () => {
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'stdout' }).waitFor()
    await page.waitForTimeout(1000)
  })
  await context.close()
  const name = 'opening an execution with lines of 1 MiB: the longest task'
  return [{ name, value: Math.max(0, ...frames.longTasks), unit: 'ms', target: { atMost: LONG_TASK_MAX_MS } }]
}
