import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ACME_KEY,
  ADMIN_KEY,
  EXECUTE_KEY,
  READ_KEY,
  WORKSPACE_KEY,
  readProblem,
  startOfflineService,
  withKey,
  type Problem,
  type TestService,
} from '../support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startOfflineService()
})
afterAll(() => service.close())

async function problem(path: string, init?: RequestInit): Promise<{ answer: Response; body: Problem }> {
  const answer = await service.ask(path, init)
  return { answer, body: await readProblem(answer) }
}

describe('keys', () => {
  it.each([
    '/',
    '/v1/executions',
    '/v1/sql',
    '/v1/runtimes',
    '/metrics',
    '/openapi.json',
    '/docs',
    '/docs/scalar.js',
    '/nothing',
  ])('answers 401 at %s without one', async (path) => {
    const { answer, body } = await problem(path, {})
    expect(answer.status).toBe(401)
    expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer/)
    expect(body).toMatchObject({ code: 'unauthorized', instance: path })
    expect(body.hint).toContain('Authorization: Bearer')
  })

  it.each([
    'Bearer wrong',
    'Bearer ',
    'Basic dXNlcjpwYXNz',
    `Bearer ${ADMIN_KEY} x`,
    `bearer${ADMIN_KEY}`,
    'x'.repeat(2000),
  ])('refuses the header %.30s', async (header) => {
    const { answer } = await problem('/v1/runtimes', { headers: { Authorization: header } })
    expect(answer.status).toBe(401)
  })

  it('are not needed for health', async () => {
    expect(await (await service.ask('/healthz', {})).json()).toEqual({ status: 'ok' })
    const ready = await service.ask('/readyz', {})
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({
      ready: false,
      checks: [
        { name: 'store', ready: false },
        { name: 'outbox', ready: true },
      ],
    })
  })

  it('sign a browser in by the link and leave no trace of it in the address', async () => {
    const signedIn = await service.ask(`/?key=${ADMIN_KEY}`, {})
    expect(signedIn.status).toBe(303)
    expect(signedIn.headers.get('Location')).toBe('/')
    const cookie = signedIn.headers.get('Set-Cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    const headers = { Cookie: cookie.split(';')[0] ?? '', Accept: 'text/html' }
    const page = await service.ask('/', { headers })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('href="/docs"')
    expect(page.headers.get('Content-Security-Policy')).toMatch(/default-src 'none'; style-src 'sha256-/)
  })

  it('are refused in the link when unknown, and a browser without one learns how to get in', async () => {
    expect((await problem('/?key=wrong', {})).answer.status).toBe(401)
    const page = await service.ask('/', { headers: { Accept: 'text/html' } })
    expect(page.status).toBe(401)
    expect(await page.text()).toContain('exectrail up')
  })

  it('are taken from a cookie only for requests of our own pages', async () => {
    const cookie = `exectrail_${new URL(service.url).port}=${ADMIN_KEY}`
    const send = (origin: Record<string, string>): Promise<Response> =>
      service.ask('/v1/executions', {
        method: 'POST',
        headers: { Cookie: cookie, 'Content-Type': 'application/json', ...origin },
        body: '{}',
      })
    expect((await send({})).status).toBe(403)
    expect((await send({ Origin: 'http://127.0.0.1:1' })).status).toBe(403)
    expect((await send({ Origin: service.url })).status).toBe(422)
  })

  it('that are bound to an organization may not ask for another, nor in SQL', async () => {
    const { answer, body } = await problem('/v1/executions?organization=globex', withKey(ACME_KEY))
    expect([answer.status, body.code]).toEqual([403, 'forbidden'])
    const sql = await service.post(
      '/v1/sql',
      { query: 'SELECT 1', organization: 'globex' },
      withKey(ACME_KEY).headers,
    )
    expect(sql.status).toBe(403)
    const context = { organizationId: 'globex' }
    const request = { runtime: 'subprocess', language: 'bash', code: 'true', context }
    expect((await service.post('/v1/executions', request, withKey(ACME_KEY).headers)).status).toBe(403)
  })

  it('need the scope of what they ask for, which the reply names', async () => {
    const run = { runtime: 'subprocess', language: 'bash', code: 'true' }
    const refused = await service.post('/v1/executions', run, withKey(READ_KEY).headers)
    expect(refused.status).toBe(403)
    expect(await readProblem(refused)).toMatchObject({
      code: 'forbidden',
      detail: 'this needs a key with the scope execute; the key "reader" has: read',
      hint: expect.stringContaining('exectrail key create --scope execute'),
    })
    expect((await service.ask('/v1/runtimes', withKey(READ_KEY))).status).toBe(200)
    expect((await problem('/v1/runtimes', withKey(EXECUTE_KEY))).body.detail).toContain('scope read')
  })

  it('need a scope at every route but the open ones', async () => {
    const { paths } = await service.json<{
      paths: Record<string, Record<string, { security: { apiKey: string[] }[] }>>
    }>('/openapi.json')
    const open = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).every(({ security }) => security.length > 0) ? [] : [path],
    )
    expect(open).toEqual(['/healthz', '/readyz', '/v1/links'])
    for (const [path, methods] of Object.entries(paths)) {
      if (open.includes(path)) continue
      for (const [method, { security }] of Object.entries(methods)) {
        const key = security[0]?.apiKey.includes('execute') ? READ_KEY : EXECUTE_KEY
        const { answer } = await problem(path.replaceAll(/\{\w+\}/g, 'x'), {
          method: method.toUpperCase(),
          ...withKey(key),
        })
        expect({ path, method, status: answer.status }).toEqual({ path, method, status: 403 })
      }
    }
  })

  it('that are bound to a workspace may not run code in another', async () => {
    const context = { workspaceId: 'w2' }
    const request = { runtime: 'subprocess', language: 'bash', code: 'true', context }
    const refused = await service.post('/v1/executions', request, withKey(WORKSPACE_KEY).headers)
    expect(await readProblem(refused)).toMatchObject({
      status: 403,
      hint: expect.stringContaining('workspaceId'),
    })
  })
})
