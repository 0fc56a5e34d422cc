import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { createClient, type Client, type ClientOptions } from '../../src/client/index.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

interface Seen {
  method: string
  url: string
  body: string
  lastEventId: string | undefined
  at: number
}

/** A service that gives these answers, one to each request, the last one again and again. */
async function answering(answers: readonly Answer[], options: Partial<ClientOptions> = {}) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request
      const lastEventId = headers['last-event-id']?.toString()
      seen.push({ method, url, body, lastEventId, at: performance.now() })
      answers[Math.min(seen.length, answers.length) - 1]?.(response, request)
      return undefined
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const client: Client = createClient({ url: `http://127.0.0.1:${port}`, key: 'k', ...options })
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { client, seen, [Symbol.asyncDispose]: close }
}

const good: Answer = (response) => response.end('{"status":"ok"}')
const lost: Answer = (response) => response.destroy()
const problem =
  (status: number, code: string, retryAfter?: string): Answer =>
  (response) => {
    if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter)
    response.writeHead(status).end(JSON.stringify({ code, detail: `it is ${code}`, title: code }))
  }

const CODE = { runtime: 'subprocess', language: 'bash', code: ':' } as const

describe('the client tries again', () => {
  it('after a lost connection, and runs code with the same idempotency key', async () => {
    await using service = await answering([lost, problem(502, 'x'), good])
    await service.client.runCode(CODE)
    expect(service.seen).toHaveLength(3)
    const keys = service.seen.map(
      ({ body }) => (JSON.parse(body) as { idempotencyKey: string }).idempotencyKey,
    )
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('no sooner than Retry-After says', async () => {
    await using service = await answering([problem(429, 'capacity', '1'), good])
    await service.client.runCode(CODE)
    const [first, second] = service.seen.map(({ at }) => at)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1000)
  })

  it('as often as it may, then throws what the service said last', async () => {
    await using service = await answering([problem(503, 'store_unavailable')], { retries: 1 })
    await expect(service.client.getStats()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(service.seen).toHaveLength(2)
  })

  it.each([
    ['for a refusal', problem(422, 'invalid_request')],
    ['for a runtime that is missing', problem(503, 'runtime_unavailable', '1')],
    ['where the service asks to wait for longer than 30 s', problem(429, 'capacity', '3600')],
    ['for a reply of something else', (response: ServerResponse) => response.end('<html>')],
  ])('but not %s', async (_, answer) => {
    await using service = await answering([answer])
    await expect(service.client.runCode(CODE)).rejects.toThrow(/./)
    expect(service.seen).toHaveLength(1)
  })

  it('but not with what may have had its effect', async () => {
    await using service = await answering([lost])
    const request = { method: 'POST', path: '/v1/keys', body: {} } as const
    await expect(service.client.request(request)).rejects.toMatchObject({ code: 'unreachable', status: 0 })
    expect(service.seen).toHaveLength(1)
  })
})

it('goes on behind the last event when a stream breaks', async () => {
  const write =
    (...lines: string[]): Answer =>
    (response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      for (const line of lines) response.write(line)
    }
  const broken: Answer = (response, request) => {
    write(
      ': hello\n\nid: 3\nevent: stdout\ndata: {"te',
      'xt":"é"}\r\n\r\n',
      'id: 9\nevent: std',
    )(response, request)
    setTimeout(() => response.destroy(), 20)
  }
  const rest = write(
    'id: 5\nevent: stdout\ndata: {"text":\ndata: "b"}\n\n',
    'id: end\nevent: end\ndata: {}\n\n',
  )
  await using service = await answering([broken, problem(503, 'store_unavailable'), rest])
  const events: unknown[] = []
  for await (const event of service.client.streamOutput({ id: 'x' })) events.push(event)
  expect(events).toEqual([
    { id: '3', event: 'stdout', data: { text: 'é' } },
    { id: '5', event: 'stdout', data: { text: 'b' } },
    { id: 'end', event: 'end', data: {} },
  ])
  expect(service.seen.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '3', '3'])
})
