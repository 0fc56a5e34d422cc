/** Log records and spans in OTLP JSON, and a sender that repeats a request until it is accepted. */
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

type Attributes = Readonly<Record<string, string | number | boolean>>

export interface LogInput {
  /** Event name; absent for an ordinary log line. */
  event?: string
  body?: string
  attributes: Attributes
  traceId?: string
  spanId?: string
}

export interface SpanInput {
  name: string
  traceId: string
  spanId: string
  attributes: Attributes
}

export interface SendOptions {
  /** Name of the instrumentation scope. @default exectrail-test */
  scope?: string
  token?: string
  /** Aborts the repeating. */
  signal?: AbortSignal
}

/** A record of §4.1 as the executor would send it, reduced to what identifies it. */
export function completedRecord(executionId: string = randomUUID(), more: Attributes = {}): LogInput {
  return {
    event: 'code_exec.completed',
    body: 'code_exec.completed',
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    attributes: {
      'code_exec.execution.id': executionId,
      'code_exec.organization.id': 'acme',
      'gen_ai.agent.id': 'summer',
      'code_exec.attempt': 1,
      'code_exec.runtime': 'subprocess',
      'code_exec.language': 'python',
      'code_exec.isolation': 'process',
      'code_exec.outcome': 'success',
      'code_exec.success': true,
      'code_exec.duration_ms': 12.5,
      'code_exec.started_at': String(BigInt(Date.now()) * 1_000_000n),
      ...more,
    },
  }
}

/** Posts log records to `<url>/v1/logs` until a 2xx comes back, without end. */
export async function sendLogs(
  url: string,
  records: readonly LogInput[],
  options: SendOptions = {},
): Promise<void> {
  const logRecords = records.map((record) => ({
    timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    ...(record.event === undefined ? {} : { eventName: record.event }),
    ...(record.body === undefined ? {} : { body: { stringValue: record.body } }),
    ...(record.traceId === undefined ? {} : { traceId: record.traceId, spanId: record.spanId }),
    attributes: keyValues(record.attributes),
  }))
  const scopeLogs = [{ scope: { name: options.scope ?? 'exectrail-test' }, logRecords }]
  await postUntilAccepted(`${url}/v1/logs`, { resourceLogs: [{ resource: resource(), scopeLogs }] }, options)
}

/** Posts spans to `<url>/v1/traces` until a 2xx comes back, without end. */
export async function sendSpans(
  url: string,
  inputs: readonly SpanInput[],
  options: SendOptions = {},
): Promise<void> {
  const now = String(BigInt(Date.now()) * 1_000_000n)
  const spans = inputs.map(({ attributes, ...span }) => ({
    ...span,
    kind: 1,
    startTimeUnixNano: now,
    endTimeUnixNano: now,
    attributes: keyValues(attributes),
  }))
  const scopeSpans = [{ scope: { name: 'exectrail-test' }, spans }]
  await postUntilAccepted(
    `${url}/v1/traces`,
    { resourceSpans: [{ resource: resource(), scopeSpans }] },
    options,
  )
}

/** One request; resolves to its status, or null without an answer. */
export async function post(
  url: string,
  body: unknown,
  { token, signal }: SendOptions = {},
): Promise<number | null> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const limits = [AbortSignal.timeout(10_000), ...(signal === undefined ? [] : [signal])]
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
      signal: AbortSignal.any(limits),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return null
  }
}

async function postUntilAccepted(url: string, body: unknown, options: SendOptions): Promise<void> {
  for (;;) {
    const status = await post(url, body, options)
    if (status !== null && status < 300) return
    if (status !== null && status < 429) throw new Error(`${url} answered ${status}`)
    options.signal?.throwIfAborted()
    await pause(50)
  }
}

function resource(): { attributes: unknown[] } {
  return { attributes: keyValues({ 'service.name': 'exectrail', 'service.instance.id': 'test' }) }
}

function keyValues(attributes: Attributes): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: string | number | boolean): unknown {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'string') return { stringValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
