import { expect, it } from 'vitest'
import { sharedBuffers } from '../../src/stack/embedded-postgres.ts'

const GIB = 1_073_741_824

it.each([
  ['little memory gives the least', GIB, 0, '32MB'],
  ['more memory gives a thirty-second of it', 16 * GIB, 0, '512MB'],
  ['a container counts as the machine', 64 * GIB, 8 * GIB, '256MB'],
  ['a limit that is none counts for nothing', 16 * GIB, Number.MAX_SAFE_INTEGER, '512MB'],
  ['much memory gives no more than the most', 512 * GIB, 0, '1024MB'],
])('%s', (_, machine, limit, expected) => {
  expect(sharedBuffers(machine, limit)).toBe(expected)
})
