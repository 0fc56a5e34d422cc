import { Hono } from 'hono'
import { z } from 'zod'
import { KEY_SCOPES } from '../../metadata/key-scopes.ts'
import { createKey, listKeys, revokeKey } from '../../service/manage-keys.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { oneOf, organization, pathId, query, time } from '../parameters.ts'

const keySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    organizationId: z.string().nullable().describe('Null: every organization'),
    workspaceId: z.string().nullable().describe('Null: every workspace'),
    scopes: z.array(z.enum(KEY_SCOPES)),
    createdAt: z.string(),
    expiresAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    lastUsedAt: z.string().nullable().describe('At most a minute late'),
    state: z.enum(['active', 'expired', 'revoked']),
  })
  .meta({ id: 'Key' })

const identifier = z.string().min(1, 'leave it out instead of an empty value').max(256)
const bodySchema = z.strictObject({
  name: z
    .string('give the key a name')
    .trim()
    .min(1, 'give the key a name')
    .max(100, 'at most 100 characters'),
  scopes: z
    .array(oneOf(KEY_SCOPES))
    .min(1, 'give at least one, or leave it out')
    .max(KEY_SCOPES.length)
    .optional()
    .describe('Default: execute, read and write. admin permits everything, and managing keys'),
  organizationId: identifier.optional().describe('Needed unless the key has the scope admin'),
  workspaceId: identifier.optional().describe('Narrows the key to one workspace of the organization'),
  expiresAt: time.optional().describe('Default: never'),
})

const list = documentRoute({
  id: 'listKeys',
  summary: 'API keys, newest first, at most 1000',
  tag: 'keys',
  reply: z.object({ data: z.array(keySchema) }),
  description: 'The keys, without their secrets',
  access: 'admin',
})
const create = documentRoute({
  id: 'createKey',
  summary: 'Make an API key',
  tag: 'keys',
  reply: keySchema.extend({ secret: z.string().describe('Shown this once') }).meta({ id: 'NewKey' }),
  description: 'The key and its secret',
  body: bodySchema,
  access: 'admin',
})
const revoke = documentRoute({
  id: 'revokeKey',
  summary: 'Revoke an API key: here at once, in other processes within a second',
  tag: 'keys',
  reply: keySchema,
  description: 'The revoked key',
  access: 'admin',
})

const revoked = oneOf(['with', 'without']).default('without').describe('`with`: revoked keys too')

/** `/v1/keys` */
export function keys({ metadata }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/', list, query({ organization, revoked }), async (c) => {
      const given = c.req.valid('query')
      const scope = scopeOf(c, given.organization)
      return c.json({ data: await listKeys(needMetadata(metadata).database, scope, given) })
    })
    .post('/', create, query({}), async (c) => {
      const body = await readBody(c, bodySchema)
      return c.json(await createKey(needMetadata(metadata), callerOf(c), body))
    })
    .delete('/:id', revoke, query({}), async (c) =>
      c.json(await revokeKey(needMetadata(metadata), callerOf(c), pathId(c))),
    )
}
