/** Values that cost the OpenTelemetry SDK a whole batch, where a program may put them and as raw OTLP/JSON. */
import { logs, trace, type Attributes } from '@opentelemetry/api'
import type { ExecutionRecord, Json } from '../../src/execution.ts'

interface Poison {
  /** Fields of an execution's record; types say what comes, not what may. */
  record: object
  /** Attributes of a log record and a span of the host program. */
  attributes: Record<string, unknown>
  /** What a caller may ask and a runtime may answer with it. */
  execution: { code?: string; input?: Json; stdout?: Buffer; exit?: object }
  /** An OTLP/JSON KeyValue, as one who makes nothing safe would write it. */
  raw: string
}

const LONG = 'p'.repeat(5_000_000)
const MANY = Array.from({ length: 10_000 }, (_, n) => `key-${n}`)

export const POISONS: Readonly<Record<string, Poison>> = {
  'lone-surrogate': {
    record: { stdout: 'a\uD800b', errorMessage: '\uDC00', codeAgentId: '\uD83D' },
    attributes: { text: '\uD800' },
    execution: {
      input: 'a\uD800b',
      stdout: Buffer.from([0xed, 0xa0, 0x80, 0xff]),
      exit: { result: '"\\ud800"', uncaught: { name: '\uDC00', message: '\uD800', stack: '\uD800' } },
    },
    raw: '{"key":"p","value":{"stringValue":"\\ud800"}}',
  },
  nan: {
    record: { durationMs: Number.NaN, memoryPeakBytes: Number.NaN },
    attributes: { number: Number.NaN },
    execution: { exit: { durationMs: Number.NaN, cpuMs: Number.NaN, memoryPeakBytes: Number.NaN } },
    raw: '{"key":"p","value":{"doubleValue":NaN}}',
  },
  infinity: {
    record: { cpuMs: Number.POSITIVE_INFINITY, exitCode: Number.NEGATIVE_INFINITY },
    attributes: { number: Number.POSITIVE_INFINITY },
    execution: { exit: { durationMs: Number.POSITIVE_INFINITY, exitCode: Number.POSITIVE_INFINITY } },
    raw: '{"key":"p","value":{"doubleValue":Infinity}}',
  },
  null: {
    record: { stdout: null, durationMs: null, success: null },
    attributes: { nothing: null },
    execution: { input: null, exit: { exitCode: null, result: 'null', isolation: null } },
    raw: '{"key":"p","value":{"doubleValue":null}}',
  },
  'long-string': {
    record: { stdout: LONG, code: LONG, errorMessage: LONG, nodeId: LONG },
    attributes: { text: LONG },
    execution: {
      code: LONG,
      input: LONG,
      stdout: Buffer.from(LONG),
      exit: { result: JSON.stringify(LONG), uncaught: { name: LONG, message: LONG, stack: LONG } },
    },
    raw: `{"key":"p","value":{"stringValue":"${LONG}"}}`,
  },
  'many-attributes': {
    record: { result: JSON.stringify(MANY) },
    attributes: Object.fromEntries(MANY.map((key) => [key, key])),
    execution: {
      input: Object.fromEntries(MANY.map((key) => [key, key])),
      exit: { result: JSON.stringify(Object.fromEntries(MANY.map((key) => [key, key]))) },
    },
    raw: MANY.map((key) => `{"key":"${key}","value":{"intValue":"1"}}`).join(','),
  },
  'invalid-key': {
    record: { nodeId: '\u0000"\n' },
    attributes: { '': 1, '\uD800': 2, 'a\u0000b': 3, [LONG]: 4 },
    execution: {
      input: { '': 1, 'a\u0000b': 2 },
      exit: { result: '{"\\u0000":1}', sandboxId: '\u0000"\n' },
    },
    raw: '{"key":7,"value":{"stringValue":"x"}}',
  },
}

/** What is changed of the record that is poisoned. */
export function poisonedRecord(name: string): Partial<ExecutionRecord> {
  return POISONS[name]?.record ?? {}
}

/** A log record and a span of the host program, through the globals. */
export function emitPoison(name: string): void {
  const attributes = (POISONS[name]?.attributes ?? {}) as Attributes
  logs.getLogger('host').emit({ eventName: 'host.poison', body: 'poison', attributes })
  trace.getTracer('host').startSpan('host poison', { attributes }).end()
}
