import { expect, it } from 'vitest'
import { decodeCursor, encodeCursor, hashFilters } from '../../src/api/cursor.ts'
import { InvalidRequestError } from '../../src/errors.ts'

const content = {
  window: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
  position: { rank: null, startedAt: '2026-10-05T12:00:00.123456789Z', executionId: '019a-x' },
}

it('comes back as it was, to the nanosecond', () => {
  const question = hashFilters({ runtime: 'vm2' })
  expect(decodeCursor(question, encodeCursor(question, content))).toEqual(content)
})

it('is bound to its filters, whatever their order', () => {
  const cursor = encodeCursor(hashFilters({ runtime: 'vm2', outcome: 'error' }), content)
  expect(decodeCursor(hashFilters({ outcome: 'error', runtime: 'vm2', userId: undefined }), cursor)).toEqual(
    content,
  )
  expect(() => decodeCursor(hashFilters({ runtime: 'vm2' }), cursor)).toThrow(/other filters/)
})

it.each([
  '',
  'null',
  '%00',
  '"><script>',
  'A'.repeat(5000),
  Buffer.from('[1]').toString('base64url'),
  Buffer.from(JSON.stringify([1, hashFilters({}), "' OR 1=1", 'b', 'c', 'd'])).toString('base64url'),
  Buffer.from(JSON.stringify({ length: 6 })).toString('base64url'),
])('refuses what is no cursor of ours: %.20s', (cursor) => {
  expect(() => decodeCursor(hashFilters({}), cursor)).toThrow(InvalidRequestError)
})
