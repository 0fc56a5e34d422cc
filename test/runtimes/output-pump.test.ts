import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { OutputPump } from '../../src/runtimes/sandbox/wire/output-pump.ts'
import { printing } from '../support/printing.ts'
import { waitFor } from '../support/wait.ts'

const LINES = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join('')

/** A pump of what `code` prints on stdout, and what it has handed over. */
async function pumping(code: string, err = 'true') {
  const out = await printing(code)
  const errors = await printing(err)
  const given = { text: '' }
  const onOutput = ({ bytes }: { bytes: Uint8Array }): void =>
    void (given.text += Buffer.from(bytes).toString())
  const pump = new OutputPump({ out: out.outlet, err: errors.outlet }, { onOutput })
  const gone = async (): Promise<void> => {
    await out[Symbol.asyncDispose]()
    await errors[Symbol.asyncDispose]()
  }
  return { pump, given, out: out.outlet, err: errors.outlet, [Symbol.asyncDispose]: gone }
}

it('keeps all that a program prints before the word that it runs arrives', async () => {
  await using pumped = await pumping('seq 1 100000')
  await waitFor(() => pumped.out.bytesRead > 65_536, { what: 'output' })
  await pause(20)
  expect(pumped.given.text).toBe('')
  pumped.pump.begin()
  expect(await pumped.pump.end('program', 'unknown')).toBe('')
  expect(pumped.given.text === LINES).toBe(true)
})

it.each([
  ['at once', 'echo no such file; seq 1 100000'],
  ['in parts', 'echo no such file; sleep 0.1; seq 1 100000'],
])('gives the beginning of what came on stderr where the program never ran, %s', async (_, err) => {
  await using pumped = await pumping('seq 1 100000', err)
  await waitFor(() => pumped.out.bytesRead > 65_536, { what: 'output' })
  await waitFor(() => pumped.err.bytesRead > 65_536, { what: 'output' })
  expect(await pumped.pump.end('setup', 'unknown')).toMatch(/^no such file\n1\n2\n/)
  expect(pumped.given.text).toBe('')
})
