import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAllowed } from '../../src/runtimes/sandbox/egress/allowed-hosts.ts'

describe('a list of allowed hosts', () => {
  it.each([
    ['api.example.com', ['api.example.com'], true],
    ['API.Example.com.', ['api.example.com'], true],
    ['example.com', ['*.example.com'], false],
    ['a.b.example.com', ['*.example.com'], true],
    ['badexample.com', ['*.example.com'], false],
    ['.example.com', ['*.example.com'], false],
    ['example.com.evil.org', ['example.com', '*.example.com'], false],
    ['example.com@evil.org', ['example.com'], false],
    ['evil.org#.example.com', ['*.example.com'], false],
    ['evil.org\\.example.com', ['*.example.com'], false],
    ['bücher.example', ['xn--bcher-kva.example'], true],
    ['XN--BCHER-KVA.example', ['bücher.example'], true],
    ['ｅxample.com', ['example.com'], true],
    ['examp\u00ADle.com', ['example.com'], true],
    ['example。com', ['example.com'], true],
    ['10.0.0.1', ['*.0.0.1', '*.0.1', '*.1'], false],
    ['10.0.0.1', ['10.0.0.1'], true],
    ['[::1]', ['example.com'], false],
    ['[::1]', ['::1'], true],
    ['[0:0::0:1]', ['::1'], true],
    ['[::ffff:10.0.0.1]', ['10.0.0.1'], false],
    ['[fe80::1%eth0]', ['fe80::1'], false],
    ['', ['example.com'], false],
    ['*.example.com', ['*.example.com'], false],
  ])('takes %j against %j for %j', (host, allow, expected) => {
    expect(isAllowed(host, allow)).toBe(expected)
  })

  it('never takes a name that neither is an entry nor ends like one', () => {
    const label = fc.stringMatching(/^[a-z](?:[a-z0-9]{0,8}[a-z0-9])?$/)
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
    fc.assert(
      fc.property(name, name, (host, entry) => {
        expect(isAllowed(host, [entry])).toBe(host === entry)
        expect(isAllowed(`${host}.${entry}.no-entry`, [entry, `*.${entry}`])).toBe(false)
      }),
    )
  })

  it('never takes an address, in any spelling, for a name', () => {
    const part = fc.nat(255)
    const base = fc.constantFrom(8, 10, 16)
    fc.assert(
      fc.property(
        fc.tuple(part, part, part, part),
        base,
        fc.integer({ min: 1, max: 4 }),
        (bytes, radix, parts) => {
          const address = bytes.join('.')
          const spelled = spellAddress(bytes, radix, parts)
          expect([spelled, isAllowed(spelled, [address])]).toEqual([spelled, true])
          expect(isAllowed(spelled, ['*.1', '*.0x1', '*.com', `*.${bytes[3]}`, `*.${spelled}`])).toBe(false)
        },
      ),
    )
  })

  it('takes whatever is asked without failing', () => {
    const text = fc
      .array(fc.nat(0x10ffff), { maxLength: 80 })
      .map((points) => String.fromCodePoint(...points))
    fc.assert(
      fc.property(text, fc.string({ maxLength: 80 }), (host, entry) => {
        expect([true, false]).toContain(isAllowed(host, [entry, `*.${entry}`]))
        expect(isAllowed(host, ['never.example'])).toBe(false)
      }),
    )
  })
})

/** As inet_aton takes it: the last number holds all bytes that are left. */
function spellAddress(bytes: readonly number[], radix: number, parts: number): string {
  const rest = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0)
  const prefix = { 8: '0', 10: '', 16: '0x' }[radix] ?? ''
  return [...bytes.slice(0, parts - 1), rest].map((number) => prefix + number.toString(radix)).join('.')
}
