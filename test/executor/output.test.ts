import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OutputCapture } from '../../src/executor/output-capture.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('capture', () => {
  it('keeps everything up to its limit, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
        const all = Buffer.concat(chunks)
        const capture = new OutputCapture(all.length)
        for (const chunk of chunks) capture.push(chunk)
        expect(capture.text()).toBe(all.toString('utf8'))
        expect(capture.totalBytes).toBe(all.length)
        expect(capture.truncated).toBe(false)
      }),
    )
  })

  it('counts every byte and keeps head and tail when there is more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 3 }),
        fc.integer({ min: 0, max: 60 }),
        (chunks, limit) => {
          const text = chunks.map((chunk) => 'abcdefghij'.repeat(4).slice(0, chunk.length)).join('')
          const capture = new OutputCapture(limit)
          let at = 0
          for (const chunk of chunks) {
            capture.push(encode(text.slice(at, at + chunk.length)))
            at += chunk.length
          }
          expect(capture.totalBytes).toBe(text.length)
          if (text.length <= limit) return
          const head = Math.ceil(limit * 0.75)
          const tail = limit - head
          const missing = text.length - limit
          expect(capture.text()).toBe(
            `${text.slice(0, head)}\n… ${missing} bytes left out …\n${tail === 0 ? '' : text.slice(-tail)}`,
          )
        },
      ),
    )
  })

  it('cuts at a code point, never inside one', () => {
    const capture = new OutputCapture(7)
    capture.push(encode('é'.repeat(100)))
    expect(capture.text()).not.toContain('\uFFFD')
    expect(capture.totalBytes).toBe(200)
  })

  it('takes memory for what it keeps, not for each chunk', () => {
    const capture = new OutputCapture(64 * 1_048_576)
    const one = Uint8Array.of(120)
    const before = process.memoryUsage()
    for (let n = 0; n < 500_000; n += 1) capture.push(one)
    const after = process.memoryUsage()
    const taken = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers
    expect(taken).toBeLessThan(32 * 1_048_576)
    expect(capture.text()).toHaveLength(500_000)
  })

  it('lets ten gigabytes pass in the time of copying a little', () => {
    const capture = new OutputCapture(1_048_576)
    const chunk = new Uint8Array(65_536)
    const before = performance.now()
    for (let n = 0; n < 160_000; n += 1) capture.push(chunk)
    expect(performance.now() - before).toBeLessThan(15_000)
    expect(capture.totalBytes).toBe(160_000 * 65_536)
  })
})
