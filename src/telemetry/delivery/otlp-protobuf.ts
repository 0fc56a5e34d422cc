/** OTLP/JSON messages as protobuf, for a receiver that asks for it; field numbers are those of opentelemetry-proto 1. */
import type { Batch, Signal } from './otlp-client.ts'
import { ProtobufWriter } from './protobuf-writer.ts'

type Kind = 'text' | 'hex' | 'base64' | 'varint' | 'fixed64' | 'fixed32' | 'double' | 'bool'
/** A field by its JSON name; a nested message is a function, because AnyValue contains itself. */
interface Field {
  name: string
  number: number
  kind: Kind | (() => Message)
}
type Message = readonly Field[]
type Members = Readonly<Record<string, unknown>>

function fieldsOf(fields: Readonly<Record<string, readonly [number: number, kind: Field['kind']]>>): Message {
  return Object.entries(fields).map(([name, [number, kind]]) => ({ name, number, kind }))
}

const ARRAY: Message = fieldsOf({ values: [1, () => ANY_VALUE] })
const LIST: Message = fieldsOf({ values: [1, () => KEY_VALUE] })
const ANY_VALUE: Message = fieldsOf({
  stringValue: [1, 'text'],
  boolValue: [2, 'bool'],
  intValue: [3, 'varint'],
  doubleValue: [4, 'double'],
  arrayValue: [5, () => ARRAY],
  kvlistValue: [6, () => LIST],
  bytesValue: [7, 'base64'],
})
const KEY_VALUE: Message = fieldsOf({ key: [1, 'text'], value: [2, () => ANY_VALUE] })
const RESOURCE: Message = fieldsOf({ attributes: [1, () => KEY_VALUE] })
const SCOPE: Message = fieldsOf({ name: [1, 'text'], version: [2, 'text'] })
const LOG_RECORD: Message = fieldsOf({
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
})
const EVENT: Message = fieldsOf({
  timeUnixNano: [1, 'fixed64'],
  name: [2, 'text'],
  attributes: [3, () => KEY_VALUE],
})
const LINK: Message = fieldsOf({ traceId: [1, 'hex'], spanId: [2, 'hex'], attributes: [4, () => KEY_VALUE] })
const STATUS: Message = fieldsOf({ message: [2, 'text'], code: [3, 'varint'] })
const SPAN: Message = fieldsOf({
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
})
const RECORDS: Readonly<Record<Signal, Message>> = { logs: LOG_RECORD, spans: SPAN }
const SCHEMA_URL: Message = fieldsOf({ schemaUrl: [3, 'text'] })
const SCOPE_MEMBER: Message = fieldsOf({ scope: [1, () => SCOPE] })
const NO_BYTES = Buffer.alloc(0)

/** An export request; records of one scope that follow each other share its entry. */
export function encodeProtobuf(signal: Signal, { resource, items }: Batch): Uint8Array {
  const writer = new ProtobufWriter()
  let end = items.length
  while (end > 0) {
    const scope = items[end - 1]?.scope ?? NO_BYTES
    const since = writer.length
    const members = parse(`{${scope.toString('utf8')}}`)
    write(writer, members, SCHEMA_URL)
    for (; end > 0 && items[end - 1]?.scope.equals(scope) === true; end -= 1)
      writeMessage(writer, 2, parse(items[end - 1]?.json.toString('utf8') ?? ''), RECORDS[signal])
    write(writer, members, SCOPE_MEMBER)
    writer.prefix(2, since)
  }
  writeMessage(writer, 1, parse(resource), RESOURCE)
  writer.prefix(1, 0)
  return writer.take()
}

function parse(json: string): Members {
  const value: unknown = JSON.parse(json)
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}

/** What is no object is written as an empty message. */
function writeMessage(writer: ProtobufWriter, number: number, value: unknown, message: Message): void {
  const since = writer.length
  if (isObject(value)) write(writer, value, message)
  writer.prefix(number, since)
}

function write(writer: ProtobufWriter, value: Members, message: Message): void {
  for (let index = message.length - 1; index >= 0; index -= 1) {
    const field = message[index]
    const given = field && value[field.name]
    if (field === undefined || given === undefined || given === null) continue
    if (!Array.isArray(given)) writeField(writer, field, given)
    else for (let at = given.length - 1; at >= 0; at -= 1) writeField(writer, field, given[at])
  }
}

function writeField(writer: ProtobufWriter, { number, kind }: Field, value: unknown): void {
  if (typeof kind === 'function') {
    writeMessage(writer, number, value, kind())
    return
  }
  switch (kind) {
    case 'text':
      return writer.text(number, String(value))
    case 'hex':
    case 'base64':
      return writer.bytes(number, Buffer.from(String(value), kind))
    case 'bool':
      return writer.varint(number, value === true ? 1 : 0)
    case 'varint':
    case 'double':
    case 'fixed64':
    case 'fixed32':
    default:
      return writer[kind](number, value)
  }
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
