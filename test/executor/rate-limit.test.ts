import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { RateLimit } from '../../src/executor/rate-limit.ts'

it('lets through what the rate allows, whatever the moments', () => {
  const limit = new RateLimit({ count: 10, perMs: 1000 })
  let passed = 0
  for (let now = 0; now <= 5_000; now += 7) {
    try {
      limit.take('acme', now)
      passed += 1
    } catch {
      // Refused.
    }
  }
  expect(passed).toBe(10 + 49)
  expect(() => limit.take('globex', 5_000)).not.toThrow()
})

it('says when the next one may begin', () => {
  const limit = new RateLimit({ count: 2, perMs: 1000 })
  limit.take('acme', 0)
  limit.take('acme', 0)
  expect(() => limit.take('acme', 100)).toThrow(
    expect.objectContaining({ code: 'rate_limited', retryAfterMs: 400 }),
  )
  expect(() => limit.take('acme', 501)).not.toThrow()
})

it.each([
  ['10/s', { count: 10, perMs: 1000 }],
  ['600/m', { count: 600, perMs: 60_000 }],
  ['5000/h', { count: 5000, perMs: 3_600_000 }],
])('is read from the environment as %s', (text, rate) => {
  const config = loadConfig({
    EXECTRAIL_ORG_RATE: text,
    EXECTRAIL_ORG_QUEUE: '3',
    EXECTRAIL_ORG_CONCURRENCY: '2',
  })
  expect(config.perOrganization).toEqual({ rate, queueLimit: 3, concurrency: 2 })
})

it('is refused in words where it is none', () => {
  expect(() => loadConfig({ EXECTRAIL_ORG_RATE: '10 per second' })).toThrow(
    /EXECTRAIL_ORG_RATE: write a count and a period/,
  )
})
