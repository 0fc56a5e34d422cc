import { Hono } from 'hono'
import { z } from 'zod'
import { addSigningKey, listSigningKeys, revokeSigningKey } from '../../service/registry/signatures.ts'
import { requireWholeOrganization } from '../../service/registry/namespaces.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { organization, pathId, query } from '../parameters.ts'
import { signingKeySchema } from '../registry-schema.ts'

const tag = 'registry'
const bodySchema = z.strictObject({
  name: z
    .string('give the key a name')
    .trim()
    .min(1, 'give the key a name')
    .max(100, 'at most 100 characters'),
  publicKey: z.string().max(1_024, 'at most 1024 characters').describe('Ed25519, PEM'),
})
const list = documentRoute({
  id: 'listSigningKeys',
  summary: 'Public keys of the organization, which signatures of versions are verified with',
  tag,
  reply: z.object({ data: z.array(signingKeySchema) }),
  description: 'The keys, the newest first, at most 1000',
})
const add = documentRoute({
  id: 'addSigningKey',
  summary: 'Register a public key',
  tag,
  reply: signingKeySchema,
  description: 'The key',
  body: bodySchema,
  access: 'admin',
})
const revoke = documentRoute({
  id: 'revokeSigningKey',
  summary: 'Revoke a public key: signatures by it are valid no longer',
  tag,
  reply: signingKeySchema,
  description: 'The revoked key',
  access: 'admin',
})

/** `/v1/registry/keys` */
export function signingKeys({ metadata }: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(metadata).database
  return new Hono<ApiEnv>()
    .get('/', list, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      return c.json({ data: await listSigningKeys(database(), scope) })
    })
    .post('/', add, query({ organization }), async (c) => {
      const asked = await readBody(c, bodySchema)
      const caller = callerOf(c, c.req.valid('query').organization)
      requireWholeOrganization(caller.scope)
      return c.json(await addSigningKey(database(), caller, asked))
    })
    .delete('/:id', revoke, query({ organization }), async (c) => {
      const caller = callerOf(c, c.req.valid('query').organization)
      requireWholeOrganization(caller.scope)
      return c.json(await revokeSigningKey(database(), caller, pathId(c)))
    })
}
