import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonSource, memberSource, writeExactly } from '../src/exact-json.ts'

describe('the text of a member', () => {
  it.each([
    ['{"input":{"id":725653563933458437,"ratio":1.0}}', '{"id":725653563933458437,"ratio":1.0}'],
    ['{"a":{"input":1},"b":["input",{"input":2}],"c":"input"}', null],
    ['{"input":1,"code":"\\"input\\":3,}","input" : [ 2 , 1e2 ]}', '[2,1e2]'],
    ['{"in\\u0070ut": -0}', '-0'],
    ['{ "input" :\n\t"a \\n b:,{" }', '"a \\n b:,{"'],
    ['{}', null],
  ])('of %s', (text, source) => {
    expect(memberSource(text, 'input')?.text ?? null).toBe(source)
  })

  it('has the value that the parser reads, without space outside of texts', () => {
    const key = fc.constantFrom('input', 'a', '"', 'input"', '\\')
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), fc.constantFrom('', ' ', '\n\t'), (body, space) => {
        const source = memberSource(JSON.stringify(body, null, space), 'input')
        const expected = Object.hasOwn(body, 'input') ? JSON.stringify(body['input']) : undefined
        expect(source?.text).toBe(expected)
      }),
    )
  })
})

it('writes integers beyond 2^53 with the digits they have', () => {
  expect(writeExactly([725653563933458432, -(2 ** 63), 1e21, 0.1, '725653563933458400'])).toBe(
    '[725653563933458432,-9223372036854775808,1e+21,0.1,"725653563933458400"]',
  )
})

it('is its value for whoever writes it as JSON', () => {
  expect(JSON.stringify({ input: new JsonSource('[1.0]') })).toBe('{"input":[1]}')
})
