/** The Connect protocol with JSON, as the SDK speaks it: unary calls and a stream of enveloped messages. */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

const END_OF_STREAM = 2

/** Everything a request carries. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The one message of a request that is answered by a stream. */
export async function readEnvelope(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request)
  return JSON.parse(body.toString('utf8', 5, 5 + body.readUInt32BE(1)))
}

/** Sends one message; resolves when there is room for the next. */
export async function sendMessage(response: ServerResponse, message: unknown): Promise<void> {
  if (response.write(envelope(0, message)) || response.destroyed) return
  const room = new AbortController()
  const { signal } = room
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })])
  room.abort()
}

/** Ends a stream, with an error if one is given. */
export function endStream(response: ServerResponse, error?: { code: string; message: string }): void {
  response.end(envelope(END_OF_STREAM, error === undefined ? {} : { error }))
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

function envelope(flag: number, message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message))
  const head = Buffer.alloc(5)
  head.writeUInt8(flag, 0)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}
