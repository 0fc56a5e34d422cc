import { expect, it } from 'vitest'
import { OutputLog } from '../../src/executor/output-log.ts'

/** Everything that a reader gets from `place` on: texts, and how many bytes were skipped. */
function readAll(log: OutputLog, place = 0): { text: string; skipped: number } {
  let at = place
  let text = ''
  let skipped = 0
  for (;;) {
    const following = log.after(at)
    if (following === null) return { text, skipped }
    if ('chunk' in following) {
      text += following.chunk.text
      at = following.chunk.end
    } else {
      skipped += following.skippedBytes
      at = following.end
    }
  }
}

it('gives every chunk to any reader, from any place that it gave out', () => {
  const log = new OutputLog()
  const texts = ['naïve ', '€', '\n', 'x'.repeat(100_000), '😀'.repeat(30_000)]
  for (const text of texts) log.push({ stream: 'stdout', text })
  const whole = texts.join('')
  expect(readAll(log)).toEqual({ text: whole, skipped: 0 })
  let place = 0
  for (;;) {
    const following = log.after(place)
    if (following === null || !('chunk' in following)) break
    place = following.chunk.end
    const left = Buffer.from(whole).subarray(place).toString('utf8')
    expect(readAll(log, place)).toEqual({ text: left, skipped: 0 })
  }
  expect(place).toBe(Buffer.byteLength(whole))
})

it.each([
  ['large chunks', 40_000, 300],
  ['single characters', 1, 40_000],
])('keeps head and tail of %s, says how much is missing between, and stays small', (_, length, count) => {
  const log = new OutputLog()
  for (let index = 0; index < count; index += 1)
    log.push({ stream: 'stderr', text: String(index % 10).repeat(length) })
  const { text, skipped } = readAll(log)
  expect(Buffer.byteLength(text) + skipped).toBe(length * count)
  expect(skipped).toBeGreaterThan(0)
  expect(text.startsWith('0')).toBe(true)
  expect(text.endsWith(String((count - 1) % 10))).toBe(true)
  expect(log.size).toBeLessThanOrEqual(1_048_576)
})

it('wakes readers at a chunk and at the end', async () => {
  const log = new OutputLog()
  const woken = log.changed()
  log.push({ stream: 'stdout', text: 'a' })
  await woken
  const ended = log.changed()
  log.close()
  await ended
  expect(log.closed).toBe(true)
})
