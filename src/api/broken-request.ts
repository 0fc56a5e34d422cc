/** Requests that Node rejects before they reach the app. */
import { randomUUID } from 'node:crypto'
import type { Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { problemBody } from './problem.ts'

interface Broken {
  status: number
  reason: string
  code: string
  title: string
  detail: string
  hint?: string
}

const MALFORMED: Broken = {
  status: 400,
  reason: 'Bad Request',
  code: 'malformed_request',
  title: 'The request is not HTTP',
  detail: 'the request does not follow HTTP/1.1',
}
const BY_ERROR: Readonly<Record<string, Broken>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    code: 'headers_too_large',
    title: 'The address and the headers are too long',
    detail: 'the address and the headers may have at most 16384 bytes together',
    hint: 'Ask with fewer or shorter filters.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'Request Timeout',
    code: 'request_timeout',
    title: 'The request took too long to arrive',
    detail: 'the headers or the body did not arrive in time',
  },
}

/** Answers them with a problem, as the app does, and closes the connection. */
export function answerBrokenRequests(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>()
  server.on('request', ({ socket }, response) => {
    answers.set(socket, response)
    response.once('close', () => answers.delete(socket))
  })
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    // Within another reply it would be read as a part of that.
    if (!socket.writable || answers.get(socket)?.headersSent === true) socket.destroy()
    else socket.end(encode(BY_ERROR[error.code ?? ''] ?? MALFORMED))
  })
}

function encode({ reason, ...problem }: Broken): string {
  const requestId = randomUUID()
  const body = JSON.stringify(problemBody(problem, { instance: '', requestId }))
  return [
    `HTTP/1.1 ${problem.status} ${reason}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
