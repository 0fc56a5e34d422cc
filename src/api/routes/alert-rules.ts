import { Hono } from 'hono'
import { z } from 'zod'
import { dryRun, type DryRunRange } from '../../alerts/dry-run.ts'
import { ruleHistory } from '../../alerts/manage-alerts.ts'
import { changeRule, createRule, deleteRule, getRule, listRules } from '../../alerts/manage-rules.ts'
import { givenFields, ruleFields, ruleSchema, type AlertRule } from '../../alerts/rule.ts'
import { EVALUATION_STATES } from '../../metadata/alert-evaluations.ts'
import { checked } from '../../validation.ts'
import { scopeOf } from '../auth.ts'
import { alertRuleSchema, dryRunSchema, evaluationSchema } from '../alerts-schema.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody, readJson } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { limit, oneOf, organization, pathId, query, someOf, time } from '../parameters.ts'

const tag = 'alerts'
const rangeField = oneOf(['24h', '30d']).default('24h').describe('How far back')
const dryRunBody = z.strictObject({ rule: ruleSchema, range: rangeField })

const routes = {
  list: documentRoute({
    id: 'listAlertRules',
    summary: 'Alert rules by name, at most 1000',
    tag,
    reply: z.object({ data: z.array(alertRuleSchema) }),
    description: 'The rules',
  }),
  create: documentRoute({
    id: 'createAlertRule',
    summary: 'Make an alert rule, which is evaluated from now on',
    tag,
    reply: alertRuleSchema,
    description: 'The rule',
    body: ruleSchema,
    access: 'write',
  }),
  tryOut: documentRoute({
    id: 'dryRunAlertRule',
    summary: 'What a rule would have done over the past, by the code that evaluates it; notifies no one',
    tag,
    reply: dryRunSchema,
    description: 'The windows and the alerts',
    body: dryRunBody,
  }),
  read: documentRoute({
    id: 'getAlertRule',
    summary: 'One alert rule',
    tag,
    reply: alertRuleSchema,
    description: 'The rule',
  }),
  change: documentRoute({
    id: 'changeAlertRule',
    summary: 'Change fields of an alert rule; open alerts end where what is watched changes',
    tag,
    reply: alertRuleSchema,
    description: 'The rule',
    body: ruleFields.partial(),
    access: 'write',
  }),
  remove: documentRoute({
    id: 'deleteAlertRule',
    summary: 'Delete an alert rule with its alerts and its history',
    tag,
    reply: alertRuleSchema,
    description: 'The rule that was',
    access: 'write',
  }),
  history: documentRoute({
    id: 'listAlertEvaluations',
    summary: 'The windows of a rule that were evaluated, the newest first, each with its value and why',
    tag,
    reply: z.object({ data: z.array(evaluationSchema) }),
    description: 'The windows',
  }),
}

const owner = oneOf(['any', 'own'])
  .default('any')
  .describe('`own`: the rules beside which a new one would be, each name once')

const historyParameters = {
  organization,
  limit,
  before: time.optional().describe('Windows that end before'),
  state: someOf(EVALUATION_STATES).optional(),
}

/** `/v1/alerts/rules` */
export function alertRules({ store, metadata }: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(metadata).database
  return new Hono<ApiEnv>()
    .get('/', routes.list, query({ organization, owner }), async (c) => {
      const { organization: given, owner: of } = c.req.valid('query')
      return c.json({ data: await listRules(database(), scopeOf(c, given), of) })
    })
    .post('/', routes.create, query({ organization }), async (c) => {
      const rule = await readBody(c, ruleSchema)
      return c.json(await createRule(database(), callerOf(c, c.req.valid('query').organization), rule))
    })
    .post('/dry-run', routes.tryOut, query({ organization }), async (c) => {
      const { rule, range } = await readBody(c, dryRunBody)
      const scope = scopeOf(c, c.req.valid('query').organization)
      const sources = { store, database: database(), pipeline: null, budgets: null }
      return c.json(await dryRun(sources, { rule, scope }, range satisfies DryRunRange, Date.now()))
    })
    .get('/:id', routes.read, query({ organization }), async (c) =>
      c.json(await getRule(database(), scopeOf(c, c.req.valid('query').organization), pathId(c))),
    )
    .patch('/:id', routes.change, query({ organization }), async (c) => {
      const caller = callerOf(c, c.req.valid('query').organization)
      const before = await getRule(database(), caller.scope, pathId(c))
      return c.json(await changeRule(database(), caller, before.id, await readChange(c, before)))
    })
    .delete('/:id', routes.remove, query({ organization }), async (c) =>
      c.json(await deleteRule(database(), callerOf(c, c.req.valid('query').organization), pathId(c))),
    )
    .get('/:id/evaluations', routes.history, query(historyParameters), async (c) => {
      const {
        organization: given,
        before,
        state: states = EVALUATION_STATES,
        limit: most,
      } = c.req.valid('query')
      const asked = { ruleId: pathId(c), states, before: before ?? null, limit: most }
      return c.json({ data: await ruleHistory(database(), scopeOf(c, given), asked) })
    })
}

/** The rule with the fields of the body in place of its own. */
async function readChange(c: ApiContext, before: AlertRule): Promise<AlertRule> {
  return checked(ruleSchema, { ...givenFields(before), ...(await readJson(c)).body })
}
