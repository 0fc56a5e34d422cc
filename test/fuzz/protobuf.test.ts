import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeProtobuf } from '../../src/telemetry/delivery/otlp-protobuf.ts'
import { bytesOf, readFields, textOf } from '../support/protobuf.ts'
import { fuzz } from './fuzz.ts'

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }
const TEXT = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', 'é 😀', '\uD800', 'x\uDC00x', 'x'.repeat(47), 'é'.repeat(49), 'x'.repeat(70_000)),
)
const { value: ANY_VALUE } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: TEXT }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.oneof(fc.bigInt(INT64), fc.maxSafeInteger()).map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ bytesValue: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 4 }) }) }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.array(fc.record({ key: TEXT, value: tie('value') }), { maxLength: 4 }),
      }),
    }),
  ),
}))

/** An AnyValue as a receiver reads it. */
function readValue(bytes: Buffer): unknown {
  const [[number, [value] = []] = []] = readFields(bytes)
  if (typeof value === 'bigint') {
    if (number === 2) return { boolValue: value === 1n }
    if (number === 3) return { intValue: `${BigInt.asIntN(64, value)}` }
    return { doubleValue: new Float64Array(new BigUint64Array([value]).buffer)[0] }
  }
  const found = value ?? Buffer.alloc(0)
  if (number === 1) return { stringValue: found.toString('utf8') }
  if (number === 7) return { bytesValue: found.toString('base64') }
  const values = bytesOf(readFields(found), 1)
  return number === 5
    ? { arrayValue: { values: values.map(readValue) } }
    : { kvlistValue: { values: values.map(readKeyValue) } }
}

function readKeyValue(bytes: Buffer): unknown {
  const fields = readFields(bytes)
  return { key: textOf(fields, 1), value: readValue(bytesOf(fields, 2)[0] ?? Buffer.alloc(0)) }
}

/** What stands in JSON as a lone surrogate is U+FFFD for a receiver. */
function wellFormed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'string' ? inner.toWellFormed() : inner,
  )
}

it('a receiver reads from protobuf what the JSON of the outbox says', () =>
  fuzz(
    fc.property(fc.array(fc.array(ANY_VALUE, { maxLength: 4 }), { minLength: 1, maxLength: 3 }), (given) => {
      const records = given.map((values) => values.map((value, index) => ({ key: `é${index}`, value })))
      const items = records.map((attributes) => ({
        scope: Buffer.from('"scope":{"name":"host"}'),
        json: Buffer.from(JSON.stringify({ attributes })),
      }))
      const request = Buffer.from(encodeProtobuf('logs', { resource: '{}', items }))
      const [entry] = bytesOf(readFields(request), 1)
      const [scope] = bytesOf(readFields(entry ?? Buffer.alloc(0)), 2)
      const read = bytesOf(readFields(scope ?? Buffer.alloc(0)), 2)
      expect(read.map((record) => bytesOf(readFields(record), 6).map(readKeyValue))).toEqual(
        wellFormed(records),
      )
    }),
  ))
