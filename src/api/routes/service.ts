import { Hono } from 'hono'
import { z } from 'zod'
import { KEY_SCOPES } from '../../metadata/key-scopes.ts'
import { viewPipeline } from '../../service/pipeline.ts'
import { viewRetention } from '../../service/view-retention.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readinessSchema } from '../health-schema.ts'
import { query } from '../parameters.ts'

const count = z.int().min(0)

const sessionSchema = z
  .object({
    key: z.object({
      id: z.string(),
      name: z.string(),
      scopes: z.array(z.enum(KEY_SCOPES)),
      organizationId: z.string().nullable().describe('Null: every organization'),
      workspaceId: z.string().nullable(),
    }),
    version: z.string().describe('Of exectrail'),
    metadata: z.boolean().describe('Whether keys, states of errors and the audit log are served'),
  })
  .meta({ id: 'Session' })

const pipelineSchema = z
  .object({
    executor: z.object({
      id: z.string(),
      running: count,
      waiting: count,
      begun: count,
      completed: count,
    }),
    outbox: z.object({
      written: count,
      sent: count,
      retried: count,
      dead: count.describe('Entries that the Collector rejected permanently'),
      dropped: count.describe('Entries that were lost: there was no space'),
      waitingBytes: count,
      oldestMs: z.number().nullable().describe('Age of the oldest that waits; null where nothing waits'),
    }),
    collector: z.object({
      state: z
        .enum(['answers', 'silent', 'external'])
        .describe('`external`: it runs elsewhere, and its counts are not known here'),
      accepted: count.nullable(),
      refused: count.nullable(),
    }),
    sinks: z
      .array(
        z.object({
          exporter: z.string(),
          signal: z.string(),
          queueBytes: z.number(),
          queueCapacityBytes: z.number(),
          sent: z.number(),
          failed: z.number(),
          refused: z.number(),
        }),
      )
      .describe("The Collector's exporters"),
    parts: readinessSchema,
    signozUrl: z.string().nullable(),
  })
  .meta({ id: 'Pipeline' })

const session = documentRoute({
  id: 'getSession',
  summary: 'The key of this request and what it permits',
  tag: 'service',
  reply: sessionSchema,
  description: 'The key, without its secret',
})

const pipeline = documentRoute({
  id: 'getPipeline',
  summary: 'The way of the records: what the outbox, the Collector and each sink hold, passed on and lost',
  tag: 'service',
  reply: pipelineSchema,
  description: 'The parts; also where one of them does not answer',
})

const ofAdministrators = 'null for a key that is bound to an organization'
const retentionSchema = z
  .object({
    data: z.array(
      z.object({
        table: z.string(),
        ttl: z
          .string()
          .nullable()
          .describe("Until when rows stay, in ClickHouse's words; null: for ever, unless they are deleted"),
        contentDays: count
          .nullable()
          .describe(
            'Code, input, output and result are emptied with the month that ended so many days ago; null: they stay with their rows',
          ),
        rows: count.nullable().describe(`With those that a merge is going to replace; ${ofAdministrators}`),
        bytes: count.nullable().describe(`On disk; ${ofAdministrators}`),
        oldestPartition: z
          .string()
          .nullable()
          .describe(`Month or day of the oldest rows; null without rows, and ${ofAdministrators}`),
      }),
    ),
  })
  .meta({ id: 'Retention' })

const retention = documentRoute({
  id: 'getRetention',
  summary: 'How long each table of the store keeps its rows, and what it holds',
  tag: 'service',
  reply: retentionSchema,
  description: 'The tables by name',
})

/** `/v1/session`, `/v1/pipeline`, `/v1/retention` */
export function service(dependencies: AppDependencies): Hono<ApiEnv> {
  const { version, metadata } = dependencies
  return new Hono<ApiEnv>()
    .get('/session', session, query({}), (c) => {
      const { id, name, scope, scopes } = c.get('key')
      const tenant = scope === 'all' ? null : scope
      const organizationId = tenant?.organizationId ?? null
      const workspaceId = tenant?.workspaceId ?? null
      const key = { id, name, scopes, organizationId, workspaceId }
      return c.json({ key, version, metadata: metadata !== null })
    })
    .get('/pipeline', pipeline, query({}), async (c) => c.json(await viewPipeline(dependencies)))
    .get('/retention', retention, query({}), async (c) =>
      c.json({ data: await viewRetention(dependencies, c.get('key').scope) }),
    )
}
