import { once } from 'node:events'
import { expect, it } from 'vitest'
import { printing } from '../support/printing.ts'
import { waitFor } from '../support/wait.ts'

it('reads nothing before it is asked, and then everything in order', async () => {
  await using printed = await printing('for i in 1 2 3; do echo $i; sleep 0.02; done; seq 4 200000')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(printed.outlet.bytesRead).toBe(0)
  let text = ''
  await printed.outlet.pump((bytes) => void (text += Buffer.from(bytes).toString()))
  expect(text).toBe(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(''))
})

it('leaves bytes alone while a listener uses them', async () => {
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

it('does not reuse the memory of bytes that a listener still uses', async () => {
  await using first = await printing('echo first')
  let held: Uint8Array = new Uint8Array()
  let release = (): void => undefined
  const drained = first.outlet.pump((bytes) => {
    held = bytes
    return new Promise((resolve) => {
      release = resolve
    })
  })
  await waitFor(() => held.length > 0, { what: 'output' })
  first.outlet.destroy()
  await once(first.outlet, 'close')
  await using second = await printing('echo second')
  await second.outlet.pump(() => undefined)
  expect(Buffer.from(held).toString()).toBe('first\n')
  release()
  await drained
})

it('ends with what the pipe still holds, though a process keeps it open', async () => {
  // One write, so that the pipe holds all of it as soon as some is read.
  await using printed = await printing('seq 1 5000 | dd bs=32k iflag=fullblock status=none; exec sleep 300')
  let text = ''
  const pumped = printed.outlet.pump(async (bytes) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    text += Buffer.from(bytes).toString()
  })
  await waitFor(() => printed.outlet.bytesRead > 0, { what: 'output' })
  await printed.outlet.drain()
  await pumped
  expect(text).toBe(Array.from({ length: 5000 }, (_, index) => `${index + 1}\n`).join(''))
})
