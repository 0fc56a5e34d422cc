import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ACME_KEY,
  ADMIN_KEY,
  readProblem,
  startOfflineService,
  withKey,
  WORKSPACE_KEY,
  type TestService,
} from '../support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startOfflineService()
})
afterAll(() => service.close())

const PAGE = { Accept: 'text/html' }

function post(path: string, key: string, headers: Record<string, string> = {}): Promise<Response> {
  return service.ask(path, {
    method: 'POST',
    headers: {
      ...PAGE,
      'Content-Type': 'application/x-www-form-urlencoded',
      Origin: service.url,
      ...headers,
    },
    body: new URLSearchParams({ key }).toString(),
  })
}

describe('signing in', () => {
  it('offers a form that posts only to its own address', async () => {
    const page = await service.ask('/errors?state=open', { headers: PAGE })
    expect(page.status).toBe(401)
    const html = await page.text()
    expect(html).toContain('<form method="post">')
    expect(html).not.toContain('state=open')
    expect(page.headers.get('Content-Security-Policy')).toMatch(/form-action 'self'$/u)
    expect(page.headers.get('Referrer-Policy')).toBe('same-origin')
  })

  it('sets the cookie and leads back to the page that was asked for', async () => {
    const answer = await post('/errors?state=open&where=runtime%3Dvm2', ` ${ACME_KEY} `)
    expect([answer.status, answer.headers.get('Location')]).toEqual([
      303,
      '/errors?state=open&where=runtime%3Dvm2',
    ])
    const cookie = answer.headers.get('Set-Cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/u)
    expect(cookie).toMatch(/SameSite=Strict/u)
    const signedIn = { headers: { Cookie: cookie.split(';')[0] ?? '' } }
    expect((await service.ask('/v1/session', signedIn)).status).toBe(200)
  })

  it.each(['//evil.example/x', '/\\evil.example'])('leads to no other host from %s', async (path) => {
    const { status, headers } = await post(path, ADMIN_KEY)
    expect(status).toBe(303)
    expect(headers.get('Location')).toMatch(/^\/(?!\/)/u)
  })

  it.each(['wrong', '', 'x'.repeat(600), '<script>alert(1)</script>'])(
    'says that the key %.30s is not known',
    async (key) => {
      const answer = await post('/', key)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('Set-Cookie')).toBeNull()
      const html = await answer.text()
      expect(html).toContain('role="alert"')
      expect(html).not.toContain('<script')
    },
  )

  it('takes no form of another site, and none that is too large', async () => {
    expect((await post('/', ADMIN_KEY, { Origin: 'http://evil.example' })).status).toBe(403)
    expect((await post('/', ADMIN_KEY, { Origin: 'null' })).status).toBe(403)
    expect((await post('/', 'x'.repeat(20_000))).status).toBe(413)
  })

  it('takes no form at the routes of programs', async () => {
    expect((await post('/v1/executions', ADMIN_KEY)).status).toBe(401)
  })

  it('ends with signing out, which only a page of this service may ask for', async () => {
    const out = (origin: string): Promise<Response> =>
      service.ask('/sign-out', { method: 'POST', headers: { Origin: origin } })
    expect((await out('http://evil.example')).status).toBe(403)
    const answer = await out(service.url)
    expect(answer.status).toBe(204)
    expect(answer.headers.get('Set-Cookie')).toMatch(/Max-Age=0/u)
  })
})

describe('the session', () => {
  it('says what a key is and permits', async () => {
    expect(await service.json('/v1/session')).toMatchObject({
      key: { name: 'administrator', organizationId: null, workspaceId: null },
      version: '0.0.0-test',
      metadata: false,
    })
    expect(await service.json('/v1/session', 200, withKey(WORKSPACE_KEY))).toMatchObject({
      key: { scopes: ['execute', 'read', 'write'], organizationId: 'acme', workspaceId: 'w1' },
    })
    expect(await readProblem(await service.ask('/v1/session', {}))).toMatchObject({ status: 401 })
  })
})

it('shows the pipeline also where parts of it do not answer', async () => {
  expect(await service.json('/v1/pipeline')).toMatchObject({
    outbox: { dead: 0, dropped: 0, oldestMs: null },
    collector: { state: 'external', accepted: null },
    sinks: [],
    parts: { ready: false },
  })
})
