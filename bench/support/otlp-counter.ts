/**
 * An OTLP/JSON receiver in a process of its own that answers at once and keeps the ids it saw: of log records
 * named `code_exec.completed` and of spans.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** How many different ids came so far. */
export interface Seen {
  logs: number
  spans: number
}

export interface OtlpCounter {
  url: string
  seen(): Promise<Seen>
  /** Answers 503 from now on, or takes again. */
  become(state: 'away' | 'back'): void
  stop(): Promise<void>
}

/** Starts one on a free loopback port. */
export async function startOtlpCounter(): Promise<OtlpCounter> {
  const child = fork(import.meta.filename)
  const [url] = await once(child, 'message')
  return {
    url: String(url),
    async seen() {
      child.send('seen')
      const [seen] = await once(child, 'message')
      return seen as Seen
    },
    become(state) {
      child.send(state)
    },
    async stop() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

const ID = /"code_exec\.execution\.id","value":\{"stringValue":"(?<id>[0-9a-f-]{36})"/gu
const COMPLETED = '"code_exec.outcome"'
const RECORD_START = '{"timeUnixNano"'

class Ids {
  readonly #logs = new Set<string>()
  readonly #spans = new Set<string>()

  get seen(): Seen {
    return { logs: this.#logs.size, spans: this.#spans.size }
  }

  addLogs(text: string): void {
    for (const record of text.split(RECORD_START)) if (record.includes(COMPLETED)) collect(record, this.#logs)
  }

  addSpans(text: string): void {
    collect(text, this.#spans)
  }
}

function collect(text: string, ids: Set<string>): void {
  for (const { groups } of text.matchAll(ID)) ids.add(groups?.['id'] ?? '')
}

function serve(send: (message: unknown) => void): void {
  const ids = new Ids()
  let isAway = false
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = (await buffer(request)).toString('latin1')
    if (isAway) return void response.writeHead(503).end()
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    if (request.url === '/v1/logs') ids.addLogs(text)
    else ids.addSpans(text)
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    send(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  })
  process.on('message', (message) => {
    if (message === 'seen') send(ids.seen)
    else isAway = message === 'away'
  })
}

if (import.meta.main && process.send !== undefined) serve(process.send.bind(process))
