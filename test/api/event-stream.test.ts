import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { requireKey } from '../../src/api/auth.ts'
import type { ApiEnv } from '../../src/api/context.ts'
import { eventStream } from '../../src/api/event-stream.ts'
import type { KeyStore } from '../../src/service/keys.ts'

it('sends nothing more once its key is revoked', async () => {
  let revoked = false
  let gone = 0
  const keys: KeyStore = {
    find: () => Promise.resolve(revoked ? null : { id: 'x', name: 'x', scope: 'all', scopes: ['read'] }),
  }
  const events = async function* (): AsyncGenerator<Uint8Array> {
    for (let number = 1; ; number += 1) yield Buffer.from(`id: ${number}\n\n`)
  }
  const app = new Hono<ApiEnv>()
  app.use(requireKey(keys))
  app.get('/', (c) => eventStream(c, events(), () => void (gone += 1)))
  const answer = await app.request('/', { headers: { Authorization: 'Bearer x' } }, {})
  expect(answer.status).toBe(200)
  const reader = answer.body?.getReader()
  let seen = ''
  for (let part = 0; part < 10 && !seen.includes('id: 3'); part += 1)
    seen += Buffer.from((await reader?.read())?.value ?? []).toString()
  expect(seen).toContain('id: 3')
  revoked = true
  // The stream has one event ready.
  const parts = [await reader?.read(), await reader?.read()]
  expect(parts.at(-1)?.done).toBe(true)
  expect(gone).toBe(1)
})
