import { once } from 'node:events'
import { expect, it, vi } from 'vitest'
import { printing } from '../support/printing.ts'

it('reads nothing before it is asked, and then everything in order', async () => {
  await using printed = await printing('for i in 1 2 3; do echo $i; sleep 0.02; done; seq 4 200000')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(printed.outlet.bytesRead).toBe(0)
  let text = ''
  await printed.outlet.pump((bytes) => void (text += Buffer.from(bytes).toString()))
  expect(text).toBe(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(''))
})

it('leaves the bytes alone while somebody is at them', async () => {
  await using printed = await printing('seq 1 200000')
  let text = ''
  let calls = 0
  await printed.outlet.pump((bytes) => {
    calls += 1
    if (calls % 2 === 1) return void (text += Buffer.from(bytes).toString())
    return new Promise((resolve) => {
      setTimeout(() => {
        text += Buffer.from(bytes).toString()
        resolve()
      }, 2)
    })
  })
  expect(calls).toBeGreaterThan(10)
  expect(text).toBe(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(''))
})

it('fails as whoever takes the bytes does', async () => {
  await using printed = await printing('yes')
  await expect(printed.outlet.pump(() => Promise.reject(new Error('full')))).rejects.toThrow('full')
})

it('reads pipe after pipe into the same memory', async () => {
  const readOnce = async (): Promise<void> => {
    await using printed = await printing('echo hello')
    await printed.outlet.pump(() => undefined)
  }
  await readOnce()
  const before = process.memoryUsage().arrayBuffers
  for (let run = 0; run < 20; run++) await readOnce()
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * 65_536)
})

it('gives nobody the memory of bytes that somebody is still at', async () => {
  await using first = await printing('echo first')
  let held: Uint8Array = new Uint8Array()
  let release = (): void => undefined
  const drained = first.outlet.pump((bytes) => {
    held = bytes
    return new Promise((resolve) => {
      release = resolve
    })
  })
  await vi.waitFor(() => expect(held.length).toBeGreaterThan(0))
  first.outlet.destroy()
  await once(first.outlet, 'close')
  await using second = await printing('echo second')
  await second.outlet.pump(() => undefined)
  expect(Buffer.from(held).toString()).toBe('first\n')
  release()
  await drained
})

it('takes what the pipe still holds, though somebody keeps it open, and closes it', async () => {
  await using printed = await printing('seq 1 5000; exec sleep 300')
  let text = ''
  const pumped = printed.outlet.pump(async (bytes) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    text += Buffer.from(bytes).toString()
  })
  await vi.waitFor(() => expect(printed.outlet.bytesRead).toBeGreaterThan(0))
  await printed.outlet.drain()
  await pumped
  expect(text).toBe(Array.from({ length: 5000 }, (_, index) => `${index + 1}\n`).join(''))
  expect(printed.outlet.destroyed).toBe(true)
})
