/** A receiver of OTLP/JSON that behaves as a test tells it to, and remembers what it took. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

interface Taken {
  signal: 'logs' | 'spans'
  id: string
  eventName: string
  traceId: string
  spanId: string
  parentSpanId: string
  attributes: Record<string, unknown>
}

/** What it does with a request: an answer, silence, or a cut connection, before or after it kept the records. */
export type Behaviour =
  | { status: number; headers?: Record<string, string>; body?: string; keeps?: boolean }
  | 'hang'
  | 'reset'
  | 'keep and reset'

export interface Receiver extends AsyncDisposable {
  url: string
  taken: Taken[]
  /** How many requests came. */
  requests: number
  behave: (records: readonly Taken[], request: number) => Behaviour | Promise<Behaviour>
  /** Ids of the completed records, as often as they came. */
  completed(): string[]
  /** Ids of the spans, as often as they came. */
  spans(): string[]
}

const ACCEPT: Behaviour = { status: 200 }

/** Listens on a loopback port. */
export async function startReceiver(behave: Receiver['behave'] = () => ACCEPT, port = 0): Promise<Receiver> {
  const server = createServer((request, response) => void answer(receiver, request, response))
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const taken: Taken[] = []
  const receiver: Receiver = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    taken,
    requests: 0,
    behave,
    completed: () => taken.filter(({ eventName }) => eventName === 'code_exec.completed').map(({ id }) => id),
    spans: () => taken.filter(({ signal }) => signal === 'spans').map(({ id }) => id),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return receiver
}

async function answer(receiver: Receiver, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const records = parseRequest(await buffer(request))
  receiver.requests += 1
  const behaviour = await receiver.behave(records, receiver.requests)
  if (behaviour === 'hang') return
  if (behaviour === 'reset' || behaviour === 'keep and reset') {
    if (behaviour !== 'reset') receiver.taken.push(...records)
    request.socket.resetAndDestroy()
    return
  }
  const { status, headers = {}, body = '{}', keeps = status < 300 } = behaviour
  if (keeps) receiver.taken.push(...records)
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

interface JsonRecord {
  eventName?: string
  traceId?: string
  spanId?: string
  parentSpanId?: string
  attributes: { key: string; value: Record<string, unknown> }[]
}
type Scoped = Record<string, JsonRecord[] | undefined>
type Outer = Record<string, Record<string, Scoped[]>[] | undefined>

function parseRequest(body: Buffer): Taken[] {
  const parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Outer
  return [
    ...(parsed['resourceLogs'] ?? []).flatMap((outer) =>
      (outer['scopeLogs'] ?? []).flatMap((scope) =>
        (scope['logRecords'] ?? []).map((log) => read('logs', log)),
      ),
    ),
    ...(parsed['resourceSpans'] ?? []).flatMap((outer) =>
      (outer['scopeSpans'] ?? []).flatMap((scope) =>
        (scope['spans'] ?? []).map((span) => read('spans', span)),
      ),
    ),
  ]
}

function read(signal: 'logs' | 'spans', record: JsonRecord): Taken {
  const attributes = Object.fromEntries(
    record.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  )
  const { eventName = '', traceId = '', spanId = '', parentSpanId = '' } = record
  return {
    signal,
    id: String(attributes['code_exec.execution.id']),
    eventName,
    traceId,
    spanId,
    parentSpanId,
    attributes,
  }
}
