import { Hono } from 'hono'
import { z } from 'zod'
import { install, uninstall } from '../../service/registry/install.ts'
import { listInstalled } from '../../service/registry/list-installed.ts'
import {
  acceptOffer,
  createNamespace,
  declineOffer,
  listNamespaces,
  offer,
} from '../../service/registry/namespaces.ts'
import { listReports, resolveReport } from '../../service/registry/reports.ts'
import { listReviews } from '../../service/registry/review.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { oneOf, organization, pathId, query } from '../parameters.ts'
import { pathAgent, pathPart } from '../registry-paths.ts'
import { installSchema, namespaceSchema, reportSchema, reviewSchema } from '../registry-schema.ts'
import { registryAgents } from './registry-agents.ts'
import { registryChanges } from './registry-changes.ts'
import { signingKeys } from './signing-keys.ts'

const tag = 'registry'
const listOf = (item: z.ZodType) => z.object({ data: z.array(item) })
const bodies = {
  install: z.strictObject({
    agent: z.string().max(256).describe('`namespace/name`, with `@version`, `@range` or `@tag`, or without'),
  }),
  namespace: z.strictObject({ name: z.string().max(128) }),
  offer: z.strictObject({
    to: z.string().min(1).max(256).nullable().describe('The organization; null takes the offer back'),
  }),
  resolve: z.strictObject({ resolution: z.string().trim().min(1, 'say what came of it').max(1_000) }),
}

const routes = {
  installed: documentRoute({
    id: 'listInstalledAgents',
    summary: 'What the organization or workspace has installed, and what there is to update',
    tag,
    reply: listOf(installSchema),
    description: 'The installed agents by name, at most 2000',
  }),
  install: documentRoute({
    id: 'installAgent',
    summary: 'Install what a reference stands for; again, move to what it stands for then',
    tag,
    reply: installSchema,
    description: 'What is installed',
    body: bodies.install,
    access: 'write',
  }),
  uninstall: documentRoute({
    id: 'uninstallAgent',
    summary: 'Remove an installed agent',
    tag,
    reply: z.object({ name: z.string(), reference: z.string(), version: z.string() }),
    description: 'What was installed',
    access: 'write',
  }),
  namespaces: documentRoute({
    id: 'listAgentNamespaces',
    summary: 'Namespaces of the organization, those that are offered to it, and those it gave away',
    tag,
    reply: listOf(namespaceSchema),
    description: 'The namespaces by name, at most 1000',
  }),
  claim: documentRoute({
    id: 'createAgentNamespace',
    summary: 'Make a namespace: it belongs to the first organization that asks',
    tag,
    reply: namespaceSchema,
    description: 'The namespace',
    body: bodies.namespace,
    access: 'write',
  }),
  offer: documentRoute({
    id: 'offerAgentNamespace',
    summary: 'Offer a namespace with its agents to another organization, or take the offer back',
    tag,
    reply: namespaceSchema,
    description: 'The namespace',
    body: bodies.offer,
    access: 'admin',
  }),
  accept: documentRoute({
    id: 'acceptAgentNamespace',
    summary: 'Take over a namespace that is offered',
    tag,
    reply: namespaceSchema,
    description: 'The namespace, which is yours',
    access: 'admin',
  }),
  decline: documentRoute({
    id: 'declineAgentNamespace',
    summary: 'Decline a namespace that is offered',
    tag,
    reply: namespaceSchema,
    description: 'The namespace, which stays where it is',
    access: 'admin',
  }),
  reviews: documentRoute({
    id: 'listAgentReviews',
    summary: 'Versions that wait for a review; for administrators of the installation',
    tag,
    reply: listOf(reviewSchema),
    description: 'The versions, the longest first, at most 1000',
    access: 'admin',
  }),
  reports: documentRoute({
    id: 'listAgentReports',
    summary: 'Reports that the organization has made; for administrators of the installation all',
    tag,
    reply: listOf(reportSchema),
    description: 'The reports, the newest first, at most 1000',
  }),
  resolve: documentRoute({
    id: 'resolveAgentReport',
    summary: 'Close a report with what came of it; for administrators of the installation',
    tag,
    reply: reportSchema,
    description: 'The report',
    body: bodies.resolve,
    access: 'admin',
  }),
}

/** `/v1/registry` */
export function registry(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .route('/agents', registryAgents(dependencies))
    .route('/agents', registryChanges(dependencies))
    .route('/installed', installed(dependencies))
    .route('/namespaces', namespaces(dependencies))
    .route('/keys', signingKeys(dependencies))
    .route('/', decisions(dependencies))
}

function installed({ metadata, registry: checks }: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(metadata).database
  const signatures = checks?.signatures ?? 'optional'
  return new Hono<ApiEnv>()
    .get('/', routes.installed, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      return c.json({ data: await listInstalled(database(), scope) })
    })
    .put('/', routes.install, query({ organization }), async (c) => {
      const { agent } = await readBody(c, bodies.install)
      const caller = callerOf(c, c.req.valid('query').organization)
      return c.json(await install({ database: database(), signatures }, caller, agent))
    })
    .delete('/:namespace/:name', routes.uninstall, query({ organization }), async (c) =>
      c.json(await uninstall(database(), callerOf(c, c.req.valid('query').organization), pathAgent(c))),
    )
}

function namespaces({ metadata }: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(metadata).database
  return new Hono<ApiEnv>()
    .get('/', routes.namespaces, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      return c.json({ data: await listNamespaces(database(), scope) })
    })
    .post('/', routes.claim, query({ organization }), async (c) => {
      const { name } = await readBody(c, bodies.namespace)
      return c.json(await createNamespace(database(), callerOf(c, c.req.valid('query').organization), name))
    })
    .post('/:namespace/offer', routes.offer, query({ organization }), async (c) => {
      const { to } = await readBody(c, bodies.offer)
      const caller = callerOf(c, c.req.valid('query').organization)
      return c.json(await offer(database(), caller, { name: pathPart(c, 'namespace'), to }))
    })
    .post('/:namespace/accept', routes.accept, query({ organization }), async (c) => {
      const caller = callerOf(c, c.req.valid('query').organization)
      return c.json(await acceptOffer(database(), caller, pathPart(c, 'namespace')))
    })
    .post('/:namespace/decline', routes.decline, query({ organization }), async (c) => {
      const caller = callerOf(c, c.req.valid('query').organization)
      return c.json(await declineOffer(database(), caller, pathPart(c, 'namespace')))
    })
}

const state = oneOf(['open', 'resolved', 'any']).default('open')

function decisions({ metadata }: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(metadata).database
  return new Hono<ApiEnv>()
    .get('/reviews', routes.reviews, query({}), async (c) =>
      c.json({ data: await listReviews(database(), scopeOf(c, undefined)) }),
    )
    .get('/reports', routes.reports, query({ organization, state }), async (c) => {
      const { organization: given, ...wanted } = c.req.valid('query')
      return c.json({ data: await listReports(database(), scopeOf(c, given), wanted) })
    })
    .post('/reports/:id/resolve', routes.resolve, query({}), async (c) => {
      const { resolution } = await readBody(c, bodies.resolve)
      return c.json(await resolveReport(database(), callerOf(c), { id: pathId(c), resolution }))
    })
}
