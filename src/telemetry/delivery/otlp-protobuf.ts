/** OTLP/JSON messages as protobuf, for a receiver that asks for it; field numbers are those of opentelemetry-proto 1. */
import type { Batch, Signal } from './otlp-client.ts'

type Kind = 'text' | 'hex' | 'base64' | 'varint' | 'fixed64' | 'fixed32' | 'double' | 'bool'
/** Fields by their JSON name; a nested message is a function, because AnyValue contains itself. */
type Message = Readonly<Record<string, readonly [number: number, kind: Kind | (() => Message)]>>

const ARRAY: Message = { values: [1, () => ANY_VALUE] }
const LIST: Message = { values: [1, () => KEY_VALUE] }
const ANY_VALUE: Message = {
  stringValue: [1, 'text'],
  boolValue: [2, 'bool'],
  intValue: [3, 'varint'],
  doubleValue: [4, 'double'],
  arrayValue: [5, () => ARRAY],
  kvlistValue: [6, () => LIST],
  bytesValue: [7, 'base64'],
}
const KEY_VALUE: Message = { key: [1, 'text'], value: [2, () => ANY_VALUE] }
const RESOURCE: Message = { attributes: [1, () => KEY_VALUE] }
const SCOPE: Message = { name: [1, 'text'], version: [2, 'text'] }
const LOG_RECORD: Message = {
  timeUnixNano: [1, 'fixed64'],
  severityNumber: [2, 'varint'],
  severityText: [3, 'text'],
  body: [5, () => ANY_VALUE],
  attributes: [6, () => KEY_VALUE],
  droppedAttributesCount: [7, 'varint'],
  flags: [8, 'fixed32'],
  traceId: [9, 'hex'],
  spanId: [10, 'hex'],
  observedTimeUnixNano: [11, 'fixed64'],
  eventName: [12, 'text'],
}
const EVENT: Message = { timeUnixNano: [1, 'fixed64'], name: [2, 'text'], attributes: [3, () => KEY_VALUE] }
const LINK: Message = { traceId: [1, 'hex'], spanId: [2, 'hex'], attributes: [4, () => KEY_VALUE] }
const STATUS: Message = { message: [2, 'text'], code: [3, 'varint'] }
const SPAN: Message = {
  traceId: [1, 'hex'],
  spanId: [2, 'hex'],
  traceState: [3, 'text'],
  parentSpanId: [4, 'hex'],
  name: [5, 'text'],
  kind: [6, 'varint'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  attributes: [9, () => KEY_VALUE],
  droppedAttributesCount: [10, 'varint'],
  events: [11, () => EVENT],
  links: [13, () => LINK],
  status: [15, () => STATUS],
  flags: [16, 'fixed32'],
}
const RECORDS: Readonly<Record<Signal, Message>> = { logs: LOG_RECORD, spans: SPAN }
const SCHEMA_URL: Message = { schemaUrl: [3, 'text'] }

/** An export request; records of one scope that follow each other share its entry. */
export function encodeProtobuf(signal: Signal, { resource, items }: Batch): Uint8Array {
  const scopes: { members: Buffer; records: Buffer[] }[] = []
  for (const { scope, json } of items) {
    const last = scopes.at(-1)
    const record = nested(2, encode(parse(json.toString('utf8')), RECORDS[signal]))
    if (last?.members.equals(scope) === true) last.records.push(record)
    else scopes.push({ members: scope, records: [record] })
  }
  const entries = scopes.map(({ members, records }) => {
    const scope = parse(`{${members.toString('utf8')}}`)
    const named = encode(scope, { scope: [1, () => SCOPE] })
    return nested(2, Buffer.concat([named, ...records, encode(scope, SCHEMA_URL)]))
  })
  return nested(1, Buffer.concat([nested(1, encode(parse(resource), RESOURCE)), ...entries]))
}

function parse(json: string): object {
  const value: unknown = JSON.parse(json)
  return typeof value === 'object' && value !== null ? value : {}
}

function encode(value: object, message: Message): Buffer {
  const parts: Buffer[] = []
  for (const [name, [number, kind]] of Object.entries(message)) {
    const given: unknown = Reflect.get(value, name)
    if (given === undefined || given === null) continue
    for (const one of Array.isArray(given) ? given : [given]) parts.push(field(number, kind, one))
  }
  return Buffer.concat(parts)
}

function field(number: number, kind: Kind | (() => Message), value: unknown): Buffer {
  if (typeof kind === 'function')
    return nested(
      number,
      typeof value === 'object' && value !== null ? encode(value, kind()) : Buffer.alloc(0),
    )
  switch (kind) {
    case 'text':
      return nested(number, Buffer.from(String(value)))
    case 'hex':
    case 'base64':
      return nested(number, Buffer.from(String(value), kind))
    case 'bool':
      return Buffer.concat([tag(number, 0), varint(value === true ? 1n : 0n)])
    case 'varint':
      return Buffer.concat([tag(number, 0), varint(BigInt.asUintN(64, BigInt(String(value))))])
    case 'double':
    case 'fixed64':
    case 'fixed32':
    default:
      return fixed(number, kind, value)
  }
}

function fixed(number: number, kind: 'double' | 'fixed64' | 'fixed32', value: unknown): Buffer {
  const bytes = Buffer.alloc(kind === 'fixed32' ? 4 : 8)
  if (kind === 'double') bytes.writeDoubleLE(Number(value))
  else if (kind === 'fixed64') bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(String(value))))
  else bytes.writeUInt32LE(Number(value) >>> 0)
  return Buffer.concat([tag(number, kind === 'fixed32' ? 5 : 1), bytes])
}

/** A message, text or bytes. */
function nested(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([tag(number, 2), varint(BigInt(bytes.length)), bytes])
}

function tag(number: number, wireType: number): Buffer {
  return varint(BigInt((number << 3) | wireType))
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let left = value
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80)
  bytes.push(Number(left))
  return Buffer.from(bytes)
}

/** `rejected` and `error_message` of an export response; both absent where nothing was rejected. */
export function readProtobufResponse(data: Uint8Array): { rejected: number; message: string } {
  const answer = { rejected: 0, message: '' }
  const partial = readFields(data).get(1)
  if (!(partial instanceof Uint8Array)) return answer
  const fields = readFields(partial)
  const message = fields.get(2)
  const rejected = fields.get(1)
  return {
    rejected: typeof rejected === 'bigint' ? Number(rejected) : 0,
    message: message instanceof Uint8Array ? Buffer.from(message).toString('utf8') : '',
  }
}

/** Varints and length-delimited fields, the last of each number; anything else ends the reading. */
function readFields(data: Uint8Array): Map<number, bigint | Uint8Array> {
  const fields = new Map<number, bigint | Uint8Array>()
  let at = 0
  const next = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n && at < data.length; shift += 7n) {
      const byte = data[at] ?? 0
      at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    return value
  }
  while (at < data.length) {
    const key = Number(next())
    const value = next()
    if ((key & 7) === 0) fields.set(key >> 3, value)
    else if ((key & 7) === 2) {
      const end = at + Math.min(Number(value), data.length)
      fields.set(key >> 3, data.subarray(at, end))
      at = end
    } else return fields
  }
  return fields
}
