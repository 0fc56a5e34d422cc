import { Hono } from 'hono'
import { z } from 'zod'
import { AUDIT_ACTIONS } from '../../metadata/audit-actions.ts'
import { listAudit } from '../../service/list-audit.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { needMetadata } from '../metadata.ts'
import { limit, oneOf, organization, query } from '../parameters.ts'

const entrySchema = z
  .object({
    id: z.string(),
    at: z.string().describe('ISO 8601 UTC'),
    actor: z.object({
      keyId: z.string().nullable().describe('Null: exectrail itself'),
      name: z.string().describe('Name of the key at that time'),
      address: z.string().nullable().describe('Network address that the request came from'),
    }),
    action: z.enum(AUDIT_ACTIONS),
    subject: z.string().describe('Id of what was changed'),
    organizationId: z.string().nullable().describe('Null: the whole installation'),
    workspaceId: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()).describe('What was changed, without secrets'),
  })
  .meta({ id: 'AuditEntry' })

const documented = documentRoute({
  id: 'listAudit',
  summary: 'Changes of keys and states, newest first: who, what, when and from where',
  tag: 'keys',
  reply: z.object({ data: z.array(entrySchema), nextCursor: z.string().nullable() }),
  description: 'One page',
  access: 'admin',
})

/** Within a bigint. */
const CURSOR = /^\d{1,18}$/u
const parameters = {
  organization,
  action: oneOf(AUDIT_ACTIONS).optional(),
  subject: z.string('give it once').min(1).max(256).optional().describe('Only changes of this'),
  limit,
  cursor: z
    .string('give it once')
    .regex(CURSOR, 'take `nextCursor` of a reply as it is')
    .optional()
    .describe('`nextCursor` of the page before'),
}

/** `/v1/audit` */
export function audit({ metadata }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/', documented, query(parameters), async (c) => {
    const { organization: narrowed, cursor, ...wanted } = c.req.valid('query')
    const scope = scopeOf(c, narrowed)
    return c.json(
      await listAudit(needMetadata(metadata).database, scope, { ...wanted, before: cursor ?? null }),
    )
  })
}
