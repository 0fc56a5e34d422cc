import { anything, assert, dictionary, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributesJson } from '../../src/telemetry/record/otlp-json.ts'
import { cutHead, cutMiddle } from '../../src/telemetry/safe-values.ts'

interface KeyValue {
  key: string
  value: Record<string, unknown>
}

const read = (attributes: Record<string, unknown>): KeyValue[] => JSON.parse(attributesJson(attributes))

describe('values of OTLP/JSON', () => {
  it('are valid JSON and well-formed whatever the attributes', () => {
    assert(
      property(dictionary(string({ unit: 'binary' }), anything()), (attributes) => {
        const json = attributesJson(attributes)
        expect(json.isWellFormed()).toBe(true)
        expect(Array.isArray(JSON.parse(json))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('keep one type per kind of value, measured times always doubles', () => {
    expect(read({ a: 'x', b: true, c: 7, d: 1.5, 'code_exec.duration_ms': 10 })).toEqual([
      { key: 'a', value: { stringValue: 'x' } },
      { key: 'b', value: { boolValue: true } },
      { key: 'c', value: { intValue: '7' } },
      { key: 'd', value: { doubleValue: 1.5 } },
      { key: 'code_exec.duration_ms', value: { doubleValue: 10 } },
    ])
  })

  it('carry nothing a strict receiver refuses: no null, no NaN, no lone surrogate', () => {
    const found = read({
      none: null,
      nan: Number.NaN,
      infinite: Infinity,
      broken: 'a\ud800b',
      list: [null, 'x'],
    })
    expect(found).toEqual([
      { key: 'nan', value: { stringValue: 'NaN' } },
      { key: 'infinite', value: { stringValue: 'Infinity' } },
      { key: 'broken', value: { stringValue: 'a\ufffdb' } },
      { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }] } } },
    ])
  })

  it('are bounded: 5 MB of text and 10,000 attributes shrink to a record that can be sent', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]))
    expect(read(many)).toHaveLength(128)
    expect(attributesJson({ big: 'x'.repeat(5_000_000) }).length).toBeLessThan(66_000)
  })
})

describe('cutting a text', () => {
  it('never leaves more bytes than allowed nor half a code point', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 200 }), (text) => {
        const cut = cutHead(text, 40)
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(40)
        expect(text.toWellFormed().startsWith(cut)).toBe(true)
      }),
    )
  })

  it('keeps head and tail and says how much is missing between', () => {
    expect(cutMiddle(`${'a'.repeat(100)}${'b'.repeat(100)}`, 40)).toBe(
      `${'a'.repeat(30)}\n… 160 bytes left out …\n${'b'.repeat(10)}`,
    )
  })
})
