import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer, request as sendRequest, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { openEgress } from '../../src/runtimes/sandbox/egress/egress.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

/** Not the address that NO_PROXY names, so clients take the way through the proxy. */
const HOST = '127.0.0.2'
const server = createServer((request, response) => {
  void buffer(request).then((body) =>
    response.end(
      JSON.stringify({
        method: request.method,
        path: request.url,
        bytes: body.length,
        headers: request.headers,
      }),
    ),
  )
})
await new Promise<void>((resolve) => {
  server.listen(0, HOST, resolve)
})
const { port } = server.address() as AddressInfo
const origin = `http://${HOST}:${port}`
const runtime = subprocess(localOptions())

afterAll(async () => {
  await runtime.close()
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
})

describe('a program with a list of allowed hosts', () => {
  const network = { allow: [HOST] }
  it.each([
    [
      'javascript',
      `export const main = async () => (await fetch('${origin}/x', { method: 'POST', body: 'x'.repeat(300_000) })).json()`,
    ],
    [
      'python',
      `import json, urllib.request\ndef main(_):\n    return json.load(urllib.request.urlopen('${origin}/x', data=b'x' * 300_000))`,
    ],
    ['bash', `main() { head -c 300000 /dev/zero | curl -sS --data-binary @- ${origin}/x | result; }`],
  ] as const)('reaches one of them with what %s programs use', async (language, code) => {
    const { exit, stderr } = await record(runtime, makeRequest(language, code, { network }))
    expect([exit.fault, exit.uncaught, stderr]).toEqual([null, null, ''])
    expect(JSON.parse(exit.result ?? '')).toMatchObject({ method: 'POST', path: '/x', bytes: 300_000 })
  })

  it('reaches no other, neither through the proxy nor past it', async () => {
    const code = `
      curl -sS -o /dev/null -w '%{http_code} ' http://127.0.0.3:${port}
      curl -sS -p http://127.0.0.3:${port} 2>&1
      curl -sS --noproxy '*' ${origin} 2>&1
      curl -sS --noproxy '*' http://example.com 2>&1`
    const { stdout } = await record(runtime, makeRequest('bash', code, { network }))
    expect(stdout).toMatch(
      /^403 curl: \(56\) .*403\ncurl: \(7\) .*\ncurl: \(6\) Could not resolve host: example.com\n$/,
    )
  })

  it('has a loopback of its own', async () => {
    const code = `import http.server, threading, urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
def main(_):
    return urllib.request.urlopen('http://127.0.0.1:%d' % server.server_port).status`
    const { exit } = await record(runtime, makeRequest('python', code, { network }))
    expect([exit.uncaught, exit.result]).toEqual([null, '204'])
  })

  it('shares its way out with no program that has none', async () => {
    const over = new AbortController()
    const begun = Promise.withResolvers<void>()
    const beside = record(runtime, makeRequest('bash', 'sleep 60', { network }), {
      signal: over.signal,
      onRunning: begun.resolve,
    })
    await begun.promise
    const other = await record(runtime, makeRequest('bash', 'ls /run; find / -type s 2> /dev/null; exit 0'))
    over.abort()
    await beside
    expect(other.stdout).toBe('exectrail\n')
  })

  it('is refused where the host grants no namespaces', async () => {
    const weak = subprocess(localOptions({ namespaces: 'off' }))
    const { exit } = await record(weak, makeRequest('bash', 'true', { network }))
    expect(exit.fault).toMatchObject({
      kind: 'runtime_unavailable',
      message: expect.stringContaining('namespaces'),
    })
    await weak.close()
  })
})

describe('the proxy', () => {
  const ask = (socketPath: string, path: string, headers: Record<string, string> = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      sendRequest({ socketPath, path, headers, agent: false }, resolve).on('error', reject).end()
    })

  it('keeps what is between the program and itself, and names the host it really asks', async () => {
    await using egress = await openEgress([HOST])
    const response = await ask(egress.socketPath, `${origin}/p?q=1`, {
      Host: 'other.example.com',
      Connection: 'X-Mine',
      'X-Mine': '1',
      'Proxy-Authorization': 'Basic c2VjcmV0',
      'X-Kept': '2',
    })
    const { path, headers } = JSON.parse(await text(response))
    expect([path, headers.host, headers['x-kept']]).toEqual(['/p?q=1', `${HOST}:${port}`, '2'])
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['x-mine']))
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['proxy-authorization']))
  })

  it.each([
    ['/no-absolute-url', 400],
    ['ftp://127.0.0.2/', 400],
    ['http://127.0.0.3/', 403],
    ['http://localhost/', 403],
    [`http://${HOST}:1/`, 502],
  ])('answers a request for %s with %d and says why', async (url, status) => {
    await using egress = await openEgress([HOST, 'localhost'])
    const response = await ask(egress.socketPath, url)
    expect([response.statusCode, await text(response)]).toEqual([
      status,
      expect.stringMatching(/^exectrail: .+\n$/),
    ])
  })

  it('ends what it carries when it is closed, and leaves no socket', async () => {
    const egress = await openEgress([HOST])
    const client = connect(egress.socketPath)
    client.write(`CONNECT ${HOST}:${port} HTTP/1.1\r\n\r\n`)
    const [greeting] = await new Promise<[Buffer]>((resolve) => {
      client.once('data', (bytes) => resolve([bytes]))
    })
    expect(String(greeting)).toContain('200 Connection established')
    const closed = new Promise((resolve) => {
      client.once('close', resolve)
    })
    client.resume()
    await egress[Symbol.asyncDispose]()
    await closed
    expect(existsSync(egress.socketPath)).toBe(false)
  })

  it('outlives whatever is written to it', async () => {
    await using egress = await openEgress([HOST])
    const heads = [
      '',
      'CONNECT x HTTP/1.1\r\n\r\n',
      'CONNECT 127.0.0.2:99999 HTTP/1.1\r\n\r\n',
      'GET  HTTP/9\r\n\r\n',
    ]
    for (const head of [...heads, ...heads.map((line) => line + randomBytes(2000).toString('latin1'))]) {
      const client = connect(egress.socketPath).on('error', () => undefined)
      client.end(Buffer.from(head + randomBytes(200).toString('latin1'), 'latin1'))
      await buffer(client).catch(() => undefined)
    }
    const response = await ask(egress.socketPath, origin)
    expect(response.statusCode).toBe(200)
    response.resume()
  })
})
