/** The short form; `npm run chaos` runs the long one. */
import { randomInt } from 'node:crypto'
import { expect, it } from 'vitest'
import { startTestStack } from '../support/stack.ts'
import { killRepeatedly } from './rounds.ts'
import { seeded } from './random.ts'

it('every execution begun is stored once, whoever of executor, Collector and store is killed', async () => {
  const seed = Number(process.env['EXECTRAIL_CHAOS_SEED'] ?? randomInt(2 ** 31))
  await using started = await startTestStack()
  const { begun, ...wrong } = await killRepeatedly(started, { rounds: 6, random: seeded(seed) })
  expect(begun, `EXECTRAIL_CHAOS_SEED=${seed}`).toBeGreaterThan(100)
  expect(wrong, `EXECTRAIL_CHAOS_SEED=${seed}`).toEqual({
    missing: [],
    missingSpans: [],
    invented: [],
    duplicates: [],
    duplicateSpans: [],
    untrue: [],
  })
}, 240_000)
