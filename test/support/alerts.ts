/** Receivers of notifications on loopback: a real HTTP server and a real SMTP server. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

interface Answer {
  status: number
  headers?: Record<string, string>
}

/** An HTTP server that keeps what it gets. `answer` says how it answers; 204 unless given. */
export async function startReceiver(
  answer: (received: Received) => Answer | Promise<Answer> = () => ({ status: 204 }),
): Promise<AsyncDisposable & { url: string; received: Received[] }> {
  const received: Received[] = []
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = { path: request.url ?? '', headers: request.headers, body: await text(request) }
    received.push(one)
    const { status, headers = {} } = await answer(one)
    response.writeHead(status, headers).end()
  }
  const server = createServer((request, response) => {
    void take(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** An SMTP server that keeps the mails it gets. */
export async function startMailServer(): Promise<AsyncDisposable & { url: string; mails: string[] }> {
  const mails: string[] = []
  const keep = async (stream: SMTPServerDataStream, done: () => void): Promise<void> => {
    mails.push(await text(stream))
    done()
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, callback) => void keep(stream, callback),
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
