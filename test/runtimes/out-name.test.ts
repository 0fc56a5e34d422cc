import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outName } from '../../src/runtimes/out-name.ts'

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array)),
  fc
    .array(fc.constantFrom('\\', 'x', 'f', 'é', '\\xff', '/'), { maxLength: 8 })
    .map((parts) => Buffer.from(parts.join(''))),
  fc
    .array(fc.constantFrom(0xff, 0x5c, 0x78, 0x66, 0xc3, 0xa9, 0xf0), { maxLength: 8 })
    .map((list) => Buffer.from(list)),
)

describe('the name of a file in /out', () => {
  it.each([
    [Buffer.from('a/bücher 日本.txt'), 'a/bücher 日本.txt'],
    [Buffer.from([0x61, 0xff, 0x2e, 0x74]), 'a\\xff.t'],
    [Buffer.from([0xfe]), '\\xfe'],
    [Buffer.from([0xc3, 0x28]), '\\xc3('],
    [Buffer.from('a\\xff'), 'a\\x5cxff'],
    [Buffer.from('a\\b'), 'a\\b'],
    [Buffer.from('\uFFFD'), '\uFFFD'],
  ])('%j is %j', (name, text) => {
    expect(outName(name)).toBe(text)
  })

  it('is well-formed, and says which bytes it stands for', () => {
    fc.assert(
      fc.property(bytes, (name) => {
        const text = outName(name)
        expect(text.isWellFormed()).toBe(true)
        const back = text.replaceAll(/\\x([0-9a-f]{2})|([^])/gu, (_all, hex?: string, other?: string) =>
          hex === undefined
            ? Buffer.from(other ?? '').toString('latin1')
            : String.fromCharCode(parseInt(hex, 16)),
        )
        expect(Buffer.from(back, 'latin1')).toEqual(name)
      }),
      { numRuns: 1000 },
    )
  })
})
