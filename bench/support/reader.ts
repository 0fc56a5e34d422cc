/** A reader of the dashboard in a real browser, and how long each click and key waits for the next paint. */
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { SERVICE_KEY } from './service.ts'

export interface Interaction {
  name: string
  /** ms from the click or key to the next paint; 0 where it is below the 16 ms that the browser reports. */
  waitMs: number
  /** Where the time went; empty for short waits. */
  why: string
}

const PATIENCE_MS = 60_000
/** Event Timing rounds to 8 ms and leaves out what is shorter than this. */
const SHORTEST_MS = 16
const EXPLAINED_MS = 50
/** From a click or key until its entry is there; the page is asked for nothing meanwhile. */
const SETTLE_MS = 400

const OBSERVE = `window.waits = []; window.frames = [];
new PerformanceObserver((list) => {
  for (const { startTime, processingStart, processingEnd, duration, interactionId } of list.getEntries())
    if (interactionId > 0) window.waits.push({ startTime, processingStart, processingEnd, duration });
}).observe({ type: 'event', durationThreshold: ${SHORTEST_MS}, buffered: true });
new PerformanceObserver((list) => {
  for (const { startTime, duration, styleAndLayoutStart, scripts } of list.getEntries())
    window.frames.push({ startTime, duration, layout: startTime + duration - styleAndLayoutStart,
      scripts: scripts.map(({ invoker, duration, forcedStyleAndLayoutDuration: forced }) => ({ invoker, duration, forced })) });
}).observe({ type: 'long-animation-frame', buffered: true });`

interface Wait {
  startTime: number
  processingStart: number
  processingEnd: number
  duration: number
}

interface Frame {
  startTime: number
  duration: number
  /** ms for style, layout and paint at its end. */
  layout: number
  scripts: { invoker: string; duration: number; forced: number }[]
}

/** A context of an administrator, whose pages record the waits. */
export async function signIn(browser: Browser, url: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.request.get(`${url}/?key=${SERVICE_KEY}`)
  await context.addInitScript(OBSERVE)
  return context
}

/** Until nothing on the page says that it loads. */
export async function waitForAnswers(page: Page): Promise<void> {
  await page.locator('main:has(h1):not(:has(output))').waitFor()
}

/** A click or key; it waits for nothing, because each question to the page takes time from it. */
type Step = readonly [name: string, act: (page: Page) => Promise<void>]

/** By the mouse's coordinates: a locator's own click asks the page before and after it. */
async function clickOn(page: Page, target: Locator): Promise<void> {
  await target.scrollIntoViewIfNeeded()
  const box = await target.boundingBox()
  if (box === null) throw new Error('not in sight')
  await page.mouse.move(box.x + Math.min(box.width, 60) / 2, box.y + box.height / 2)
  await page.waitForTimeout(SETTLE_MS)
  await page.mouse.down()
  await page.mouse.up()
}

const goTo = (name: string): Step => [
  `to ${name}`,
  (page) =>
    clickOn(page, page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true })),
]
const press = (key: string, what = key): Step => [`key ${what}`, (page) => page.keyboard.press(key)]
/** With the arrows, as the browser's own list of a choice is no part of the page. */
const chooseWindow = (key: 'ArrowDown' | 'ArrowUp', what: string): Step => [
  `window, ${what}`,
  async (page) => {
    await page.getByRole('combobox', { name: 'Window' }).focus()
    await page.keyboard.press(key)
  },
]
const click = (role: 'button' | 'link', name: string | RegExp, what: string): Step => [
  what,
  (page) => clickOn(page, page.locator('body').getByRole(role, { name }).first()),
]

const STEPS: readonly Step[] = [
  ...['Executions', 'Agents', 'Workflows', 'Errors', 'Live', 'Run', 'SQL', 'Settings', 'Overview'].map(goTo),
  chooseWindow('ArrowDown', 'Overview, 7 days'),
  chooseWindow('ArrowUp', 'Overview, 24 hours'),
  click('button', /^Theme/u, 'theme'),
  click('button', /^Time zone/u, 'time zone'),
  goTo('Executions'),
  chooseWindow('ArrowDown', 'Executions, 7 days'),
  chooseWindow('ArrowUp', 'Executions, 24 hours'),
  ['out of the choice', (page) => page.locator(':focus').blur()],
  press('j'),
  press('j'),
  press('k'),
  press('Enter', 'enter: opens'),
  press('j', 'j beside an opened one'),
  press('Escape', 'escape: closes'),
  press('?'),
  press('Escape', 'escape: closes the keys'),
  click('button', 'Columns', 'columns'),
  press('Escape', 'escape: closes the columns'),
  click('button', /^Filter$/u, 'filter editor'),
  press('Escape', 'escape: closes the filter editor'),
  [
    'filter by a frequent value',
    (page) => clickOn(page, page.getByRole('complementary').getByRole('button').first()),
  ],
  click('button', /^Clear$/u, 'clear the filter'),
  [
    'open by a click',
    (page) => clickOn(page, page.getByRole('grid').getByRole('row').nth(4).locator('td').last()),
  ],
  goTo('Agents'),
  click('link', /^agent-/u, 'to an agent'),
  goTo('Errors'),
  click('link', /Error/u, 'to an error'),
  goTo('Workflows'),
  click('link', /^wf-/u, 'to a workflow'),
  goTo('Settings'),
  ...['Runtimes', 'Keys', 'Changes', 'Retention', 'Pipeline'].map((name) =>
    click('link', name, `tab ${name}`),
  ),
]

/** Goes through the pages as a reader does. */
export async function walk(browser: Browser, url: string): Promise<Interaction[]> {
  const context = await signIn(browser, url)
  const page = await context.newPage()
  await page.goto(url)
  await waitForAnswers(page)
  const interactions: Interaction[] = []
  for (const step of STEPS) interactions.push(await take(page, step))
  await context.close()
  return interactions
}

/** @throws Error that names the step which cannot be taken */
async function take(page: Page, [name, act]: Step): Promise<Interaction> {
  try {
    await page.evaluate('window.waits.length = 0; window.frames.length = 0')
    await act(page)
    await page.waitForTimeout(SETTLE_MS)
    await waitForAnswers(page)
  } catch (error) {
    throw new Error(`${name}: ${String(error)}`, { cause: error })
  }
  return { name, ...(await readWait(page)) }
}

/** Of the longest wait since the last reading. */
async function readWait(page: Page): Promise<Omit<Interaction, 'name'>> {
  const { waits, frames } = await page.evaluate<{ waits: Wait[]; frames: Frame[] }>(
    '({ waits: window.waits, frames: window.frames })',
  )
  const [longest] = waits.toSorted((a, b) => b.duration - a.duration)
  if (longest === undefined) return { waitMs: 0, why: '' }
  const { duration } = longest
  return { waitMs: duration, why: duration > EXPLAINED_MS ? explain(longest, frames) : '' }
}

function explain(
  { startTime, processingStart, processingEnd, duration }: Wait,
  frames: readonly Frame[],
): string {
  const end = startTime + duration
  const during = frames.filter(
    (frame) => frame.startTime < end && frame.startTime + frame.duration > startTime,
  )
  const parts = [
    `${ms(processingStart - startTime)} before its handlers`,
    `${ms(processingEnd - processingStart)} in them`,
    ...during.flatMap(({ scripts }) => scripts.map(describeScript)),
    ...during.map(({ layout }) => `${ms(layout)} style, layout and paint`),
  ]
  return parts.join('; ')
}

function describeScript({ invoker, duration, forced }: Frame['scripts'][number]): string {
  return `${ms(duration)} ${invoker.slice(0, 60)}${forced > 0 ? `, ${ms(forced)} of it layout` : ''}`
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}
