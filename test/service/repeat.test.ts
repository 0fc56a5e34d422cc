import { expect, test } from 'vitest'
import { repeat } from '../../src/service/repeat.ts'
import { waitFor } from '../support/wait.ts'

test('logs the first failure of each series', async () => {
  const lines: string[] = []
  let rounds = 0
  const repetition = repeat(
    async () => {
      rounds += 1
      if (rounds !== 3) throw new Error(`round ${rounds}`)
    },
    { everyMs: 1, log: (line) => lines.push(line), failure: 'It is late' },
  )
  await waitFor(() => rounds > 5, { what: 'six rounds' })
  await repetition.close()
  expect(lines).toEqual(['It is late: round 1', 'It is late: round 4'])
})

test('starts no round while one runs, and closing waits for it', async () => {
  let [started, ended] = [0, 0]
  const repetition = repeat(
    (signal) => {
      started += 1
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          ended += 1
          resolve()
        })
      })
    },
    { everyMs: 1, log: () => undefined, failure: 'It is late' },
  )
  await waitFor(() => started === 1, { what: 'a round' })
  await repetition.close()
  expect([started, ended]).toEqual([1, 1])
})
