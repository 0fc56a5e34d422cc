import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MaskStream } from '../../src/executor/mask-stream.ts'
import { createRedactor, secretsOf } from '../../src/executor/redact.ts'
import { startProcessorTime } from '../support/processor-time.ts'

const ENV = { TOKEN: 'hunter2-of-the-env', NAME: 'pässwörd-ü', LINES: 'first line\nsecond "line"' }
const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA\n'.repeat(40)}-----END RSA PRIVATE KEY-----`
const SECRETS = [
  ...Object.values(ENV),
  JSON.stringify(ENV.LINES).slice(1, -1),
  `ghp_${'a1B2'.repeat(10)}`,
  `AKIA${'ABCD'.repeat(4)}`,
  `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIx'.repeat(4)}.${'c2lnbmF0dXJl'.repeat(3)}`,
  KEY,
]

/** The stream's text for chunks that are cut anywhere, also in a character. */
function streamed(text: string, sizes: readonly number[], window?: number): string {
  const stream = new MaskStream(secretsOf(ENV), window)
  const bytes = Buffer.from(text)
  let masked = ''
  let longest = 0
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const end = at + (sizes[turn % sizes.length] ?? 1)
    masked += stream.push(bytes.subarray(at, end).toString('latin1'))
    longest = Math.max(longest, end - at)
    at = end
  }
  return Buffer.from(masked + stream.end(), 'latin1').toString('utf8')
}

const word = fc.constantFrom(
  'result',
  'Bearer abc',
  'ünïcödé',
  '{"a":"b"}',
  'x'.repeat(50),
  '=',
  ',',
  ' ',
  '\n',
)
const pieces = fc.array(fc.oneof({ weight: 5, arbitrary: word }, fc.constantFrom(...SECRETS)), {
  maxLength: 60,
})
const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 })

describe('masking a stream', () => {
  it('gives what masking the whole text gives, wherever the chunks are cut', () => {
    const whole = createRedactor(ENV)
    fc.assert(
      fc.property(pieces, sizes, (parts, cuts) => {
        const text = parts.join('')
        expect(streamed(text, cuts)).toBe(whole(text))
        // A small window parts the text at the ends of its lines.
        const lines = `${parts.join('\n')}\n`
        expect(streamed(lines, cuts, 2048)).toBe(whole(lines))
      }),
      { numRuns: 400 },
    )
  })

  it('shows no secret of a line that is longer than its window', () => {
    fc.assert(
      fc.property(pieces, sizes, (parts, cuts) => {
        const text = parts.map((part) => part.replaceAll('\n', ' ')).join('"')
        const masked = streamed(text, cuts, 1024)
        for (const secret of SECRETS.slice(0, 2)) expect(masked).not.toContain(secret)
        for (const secret of SECRETS.slice(4, 7)) expect(masked).not.toContain(secret)
        for (const piece of ['hunter2-of', 'pässwör', 'ghp_a1B2a1B2', 'AKIAABCD'])
          expect(masked).not.toContain(piece)
      }),
      { numRuns: 400 },
    )
  })

  it('leaves out a private key that has no end, and one that is longer than its window', () => {
    expect(streamed(`before\n${KEY.slice(0, -20)}`, [100], 512)).toBe('before\n[masked]')
    expect(streamed(`before\n${KEY}\nafter\n`, [100], 512)).toBe('before\n[masked]\nafter\n')
  })

  it('leaves out a token that is longer than its window', () => {
    const token = `ghp_${'a'.repeat(5000)}`
    expect(streamed(`before ${token} after`, [64], 1024)).toBe('before [masked] after')
  })

  it('keeps bytes that are no UTF-8', () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256))
    const stream = new MaskStream([], 1024)
    let text = ''
    for (let at = 0; at < bytes.length; at += 1000)
      text += stream.push(bytes.subarray(at, at + 1000).toString('latin1'))
    expect(Buffer.from(text + stream.end(), 'latin1').equals(bytes)).toBe(true)
  })

  it('takes time that grows with the text, also of one line without an end', () => {
    const chunk = 'a'.repeat(65_536)
    const time = (count: number): number => {
      const stream = new MaskStream(secretsOf(ENV))
      const processorMs = startProcessorTime()
      for (let index = 0; index < count; index += 1) stream.push(chunk)
      stream.end()
      return processorMs()
    }
    time(50)
    expect(time(400)).toBeLessThan(24 * Math.max(time(50), 20))
  })
})
