/** Just enough of the protobuf wire format to read what an OTLP exporter sends. */

/** The occurrences of each field by its number: bigint for numbers, bytes for the rest. */
export type Fields = Map<number, (bigint | Buffer)[]>

/** Splits a message into its fields. Nested messages stay bytes. */
export function readFields(message: Buffer): Fields {
  const fields: Fields = new Map()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    at += length
    return message.subarray(at - length, at)
  }
  const value = (wireType: number): bigint | Buffer => {
    if (wireType === 0) return varint()
    if (wireType === 1) return take(8).readBigUInt64LE()
    if (wireType === 2) return take(Number(varint()))
    if (wireType === 5) return BigInt(take(4).readUInt32LE())
    throw new Error(`unknown wire type ${wireType}`)
  }
  while (at < message.length) {
    const tag = Number(varint())
    const occurrences = fields.get(tag >> 3) ?? []
    occurrences.push(value(tag & 7))
    fields.set(tag >> 3, occurrences)
  }
  return fields
}

/** Every occurrence of a nested message or string. */
export function bytesOf(fields: Fields, number: number): Buffer[] {
  return (fields.get(number) ?? []).filter((value): value is Buffer => Buffer.isBuffer(value))
}

/** A number field, 0 where absent, as the wire format has it. */
export function numberOf(fields: Fields, number: number): bigint {
  const value = fields.get(number)?.at(-1)
  return typeof value === 'bigint' ? value : 0n
}

/** A string field, '' where absent. */
export function textOf(fields: Fields, number: number): string {
  return bytesOf(fields, number).at(-1)?.toString('utf8') ?? ''
}
