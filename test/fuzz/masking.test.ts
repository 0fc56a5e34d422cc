import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprintError } from '../../src/executor/fingerprint.ts'
import { createRedactor } from '../../src/executor/redact.ts'
import { fuzz, textOf } from './fuzz.ts'
import { startProcessorTime } from '../support/processor-time.ts'

/** ms no text of these sizes may take, on a machine that does other things as well. */
const SLOW_MS = 500

const PIECES = [
  'eyJ',
  '-eyJ',
  '.',
  'aaaaaaaa',
  'AKIA',
  'ASIA0000000000000000',
  'ghp_',
  'github_pat_',
  'glpat-',
  'sk-',

  'sk_live_',
  'xoxb-',
  'AIza',
  'npm_',
  'e2b_',
  '-----BEGIN ',
  'PRIVATE KEY',
  '-----',
  '-----END ',
  'Bearer ',

  '://',
  'a:',
  '@',
  '/',
  ' ',
  '\n',
  '_',
  '=',
  '\n… 12 bytes left out …\n',
  'secret',
  'secre',
  'ecret',
  '\ud800',
]

describe('masking', () => {
  it('leaves no value of the environment and no token, in time', () =>
    fuzz(
      fc.property(textOf(PIECES), fc.array(textOf(PIECES, 4), { maxLength: 6 }), (text, values) => {
        const processorMs = startProcessorTime()
        const masked = createRedactor(Object.fromEntries(values.map((value, index) => [`K${index}`, value])))(
          text,
        )
        expect(processorMs()).toBeLessThan(SLOW_MS)
        for (const value of values)
          if (value.length >= 6 && !value.includes('[masked]') && !'[masked]'.includes(value))
            for (const part of masked.split('[masked]')) expect(part).not.toContain(value)
        for (const part of masked.split('[masked]'))
          expect(part).not.toMatch(/\bghp_[A-Za-z0-9]{36,}\b|\bsk-[A-Za-z0-9_-]{20,}/u)
      }),
    ))

  it('of a text without secrets changes nothing', () =>
    fuzz(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', ' ', '\n', '.', '😀'), maxLength: 2000 }),
        (text) => {
          expect(createRedactor(undefined)(text)).toBe(text)
        },
      ),
    ))
})

describe('fingerprints', () => {
  it('of anything are sixteen hex digits, the same twice, in time', () =>
    fuzz(
      fc.property(
        textOf([...PIECES, ' at x', 'File "', '0x', "'", '"', '2026-01-01T', ':1', 'http://']),
        (text) => {
          const processorMs = startProcessorTime()
          const found = fingerprintError('exception', text, text)
          expect(processorMs()).toBeLessThan(SLOW_MS)
          expect(found).toMatch(/^[0-9a-f]{16}$/u)
          expect(fingerprintError('exception', text, text)).toBe(found)
        },
      ),
    ))
})
