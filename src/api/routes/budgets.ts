import { Hono } from 'hono'
import { z } from 'zod'
import { BUDGET_PERIODS } from '../../cost/period.ts'
import { BUDGET_ACTIONS } from '../../metadata/budgets.ts'
import { deleteBudget, listBudgets, setBudget } from '../../service/manage-budgets.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { oneOf, organization, pathId, query } from '../parameters.ts'

const count = z.int()
const time = z.string().describe('ISO 8601 UTC')
const budgetSchema = z
  .object({
    id: z.uuid(),
    organizationId: z.string(),
    workspaceId: z.string().nullable().describe('Null: every workspace'),
    codeAgentId: z.string().nullable().describe('Null: every agent'),
    userId: z.string().nullable().describe('Null: every user'),
    period: z.enum(BUDGET_PERIODS).describe('UTC'),
    limitNanoUsd: count.describe('What may be spent in a period, 10⁻⁹ USD'),
    action: z.enum(BUDGET_ACTIONS).describe('What happens when it is spent'),
    setBy: z.enum(['installation', 'organization', 'workspace']).describe('Whose keys may change it'),
    changedAt: time,
    changedBy: z.string().describe('Name of the key that changed it last'),
    from: time.describe('Beginning of the current period'),
    resetsAt: time.describe('Its end'),
    spentNanoUsd: count.describe('Known costs of the executions that started in the period and ended'),
    reservedNanoUsd: count.describe(
      'What running executions may cost by their limits, where the budget refuses',
    ),
    runningCount: count.describe('Executions that have reserved something'),
    count: count.describe('Executions that started in the period and ended'),
    unpricedCount: count.describe(
      'Of these, the ones whose cost is unknown in whole or in part: what they cost is not in `spentNanoUsd`',
    ),
    usedRatio: z.number().describe('Spent over limit'),
    state: z.enum(['ok', 'warning', 'exceeded']).describe('`warning` from 50 % on, `exceeded` from 100 % on'),
    warnings: z
      .array(z.object({ percent: z.union([z.literal(50), z.literal(80), z.literal(100)]), at: time }))
      .describe('When it was first used to 50, 80 and 100 % in this period'),
  })
  .meta({ id: 'Budget' })

const identifier = z.string().min(1, 'leave it out instead of an empty value').max(256)
const bodySchema = z.strictObject({
  organizationId: identifier.optional().describe('Default: that of the key, or `default`'),
  workspaceId: identifier.nullable().optional().describe('Default: every workspace'),
  codeAgentId: identifier.nullable().optional().describe('Default: every agent'),
  userId: identifier.nullable().optional().describe('Default: every user'),
  period: oneOf(BUDGET_PERIODS),
  limitNanoUsd: z
    .int('a whole number of 10⁻⁹ USD')
    .min(1, 'at least 1')
    .max(Number.MAX_SAFE_INTEGER, 'at most 9 million USD')
    .describe('10⁻⁹ USD in a period'),
  action: oneOf(BUDGET_ACTIONS)
    .default('warn')
    .describe('`refuse`: executions are refused from then on, with 429 and `budget_exceeded`'),
})

const tag = 'statistics'
const list = documentRoute({
  id: 'listBudgets',
  summary: 'Budgets, and how much of each is used in the current day or month',
  tag,
  reply: z.object({ data: z.array(budgetSchema) }),
  description: 'The budgets, at most 1000',
})
const put = documentRoute({
  id: 'setBudget',
  summary: 'Set what executions of an organization, workspace, agent or user may cost in a day or a month',
  tag,
  reply: budgetSchema,
  description: 'The budget: a new one, or that of the same subject and period, changed',
  body: bodySchema,
  access: 'admin',
})
const remove = documentRoute({
  id: 'deleteBudget',
  summary: 'Delete a budget',
  tag,
  reply: budgetSchema,
  description: 'The budget as it was',
  access: 'admin',
})

/** `/v1/budgets` */
export function budgets({ store, metadata }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/', list, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      return c.json({ data: await listBudgets(needMetadata(metadata).database, scope) })
    })
    .put('/', put, query({}), async (c) => {
      const request = await readBody(c, bodySchema)
      const { database } = needMetadata(metadata)
      return c.json(await setBudget({ store, database }, callerOf(c), request))
    })
    .delete('/:id', remove, query({}), async (c) =>
      c.json(await deleteBudget(needMetadata(metadata).database, callerOf(c), pathId(c))),
    )
}
