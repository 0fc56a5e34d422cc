/** The frames of a page while something goes on in it. */
import type { Page } from 'playwright-core'
import { percentile, type Figure } from '../figures.ts'

export interface Frames {
  /** ms from each frame to the next. */
  times: number[]
  /** ms of each task of the page that took 50 ms or more. */
  longTasks: number[]
}

const RECORD = `(() => {
  const found = window.found = { times: [], longTasks: [] };
  new PerformanceObserver((list) => found.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  let last = performance.now();
  const next = (now) => { found.times.push(now - last); last = now; window.recording = requestAnimationFrame(next) };
  window.recording = requestAnimationFrame(next);
})()`

/** The frames from now until `act` is done. */
export async function framesDuring(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate(RECORD)
  await act()
  const frames = await page.evaluate<Frames>('cancelAnimationFrame(window.recording), window.found')
  return { ...frames, times: frames.times.slice(1) }
}

const FRAME_P95_MAX_MS = 34
const FRAME_MAX_MS = 200

export function frameFigures(what: string, { times, longTasks }: Frames): Figure[] {
  return [
    { name: `${what}: frame, p50`, value: percentile(times, 0.5), unit: 'ms' },
    {
      name: `${what}: frame, p95`,
      value: percentile(times, 0.95),
      unit: 'ms',
      target: { atMost: FRAME_P95_MAX_MS },
    },
    {
      name: `${what}: the longest frame`,
      value: Math.max(...times),
      unit: 'ms',
      target: { atMost: FRAME_MAX_MS },
    },
    { name: `${what}: the longest task`, value: Math.max(0, ...longTasks), unit: 'ms' },
  ]
}
