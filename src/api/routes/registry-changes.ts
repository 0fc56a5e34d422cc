import { Hono } from 'hono'
import { z } from 'zod'
import { REPORT_KINDS, VISIBILITIES } from '../../metadata/registry-values.ts'
import { agentDefinitionSchema, readDefinition } from '../../registry/definition.ts'
import { VERSION_STATUSES } from '../../registry/reference.ts'
import { changeAgent } from '../../service/registry/change-agent.ts'
import { changeStatus } from '../../service/registry/change-status.ts'
import { fork } from '../../service/registry/fork.ts'
import { moveTag } from '../../service/registry/move-tag.ts'
import { publish, type Published, type PublishParts } from '../../service/registry/publish.ts'
import { report } from '../../service/registry/reports.ts'
import { decideReview } from '../../service/registry/review.ts'
import { showVersion } from '../../service/registry/show-agent.ts'
import { checked } from '../../validation.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody, readJson } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { oneOf, organization, query } from '../parameters.ts'
import { pathAgent, pathPart } from '../registry-paths.ts'
import { agentSchema, agentVersionSchema, reportSchema } from '../registry-schema.ts'

const tag = 'registry'
const version = z.string().min(1).max(128)
const workspace = z.string().min(1, 'leave it out instead of an empty value').max(256)
const visibility = oneOf(VISIBILITIES)
const reason = z.string().trim().min(1, 'leave it out instead of an empty value').max(1_000)

const publishOptions = z.strictObject({
  visibility: visibility
    .optional()
    .describe('Of the agent from now on; `private` for a new one. `public` asks for a review'),
  workspaceId: workspace.optional().describe('Of a new agent; default: that of the key'),
  signature: z.record(z.string(), z.unknown()).optional().describe('DSSE envelope'),
})
const bodies = {
  publish: publishOptions.extend({ definition: agentDefinitionSchema }),
  change: z.strictObject({ visibility }),
  status: z.strictObject({
    version: version.nullable().default(null).describe('Null: every version that is not yanked'),
    status: oneOf(VERSION_STATUSES),
    reason: reason.nullable().default(null).describe('Shown wherever the version is used'),
  }),
  tag: z.strictObject({ version }),
  fork: z.strictObject({
    to: z.string().max(128).describe('`namespace/name` of the copy'),
    selector: version.optional().describe('Version, range or tag that is copied; default: the newest'),
    version: version.optional().describe('Of the copy; default: that of the origin'),
    visibility: visibility.optional(),
    workspaceId: workspace.optional(),
  }),
  report: z.strictObject({
    kind: oneOf(REPORT_KINDS),
    message: z.string('say what is wrong').trim().min(1, 'say what is wrong').max(4_000),
    version: version.optional(),
  }),
  review: z.strictObject({
    version,
    decision: oneOf(['approved', 'refused']),
    reason: reason.nullable().default(null).describe('The owner sees it'),
  }),
}

/** Routes that answer with the agent as it is then. */
const changing = (id: string, summary: string, body: z.ZodType | undefined, access: 'write' | 'admin') =>
  documentRoute({
    id,
    summary,
    tag,
    reply: agentSchema,
    description: 'The agent',
    ...(body === undefined ? {} : { body }),
    access,
  })
const publishing = (id: string, summary: string, body: z.ZodType) =>
  documentRoute({
    id,
    summary,
    tag,
    reply: agentVersionSchema,
    description: 'The version; the same for a request that is repeated',
    body,
    access: 'write',
  })

const routes = {
  publish: publishing(
    'publishAgent',
    'Publish a version of a code agent, which never changes; a namespace without owner becomes yours',
    bodies.publish,
  ),
  fork: publishing('forkAgent', 'Copy a version into a namespace of yours', bodies.fork),
  change: changing('changeAgent', 'Change who sees a code agent', bodies.change, 'write'),
  status: changing(
    'changeAgentStatus',
    'Deprecate or yank a version, or take that back',
    bodies.status,
    'write',
  ),
  putTag: changing('putAgentTag', 'Put a tag on a version', bodies.tag, 'write'),
  deleteTag: changing('deleteAgentTag', 'Remove a tag', undefined, 'write'),
  review: changing(
    'reviewAgent',
    'Approve a version for every organization, or refuse it; for administrators of the installation',
    bodies.review,
    'admin',
  ),
  report: documentRoute({
    id: 'reportAgent',
    summary: 'Report a code agent to the administrators of the installation',
    tag,
    reply: reportSchema,
    description: 'The report',
    body: bodies.report,
  }),
}

/** Changes of `/v1/registry/agents` */
export function registryChanges(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().route('/', publications(dependencies)).route('/', changes(dependencies))
}

function publications({ metadata, registry }: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(metadata).database
  const check = registry?.check ?? (() => Promise.resolve({}))
  const parts = (): PublishParts => ({ database: database(), check })
  return new Hono<ApiEnv>()
    .post('/', routes.publish, query({ organization }), async (c) => {
      const { definition, ...options } = (await readJson(c)).body
      const asked = { ...checked(publishOptions, options), definition: readDefinition(definition) }
      return answer(c, parts(), await publish(parts(), caller(c), asked))
    })
    .post('/:namespace/:name/fork', routes.fork, query({ organization }), async (c) => {
      const { to: name, selector, ...asked } = await readBody(c, bodies.fork)
      const origin = selector === undefined ? pathAgent(c) : `${pathAgent(c)}@${selector}`
      return answer(c, parts(), await fork(parts(), caller(c), { ...asked, name, from: origin }))
    })
}

function changes({ metadata }: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(metadata).database
  return new Hono<ApiEnv>()
    .patch('/:namespace/:name', routes.change, query({ organization }), async (c) => {
      const asked = await readBody(c, bodies.change)
      return c.json(await changeAgent(database(), caller(c), { ...asked, name: pathAgent(c) }))
    })
    .post('/:namespace/:name/status', routes.status, query({ organization }), async (c) => {
      const asked = await readBody(c, bodies.status)
      return c.json(await changeStatus(database(), caller(c), { ...asked, name: pathAgent(c) }))
    })
    .put('/:namespace/:name/tags/:tag', routes.putTag, query({ organization }), async (c) => {
      const asked = await readBody(c, bodies.tag)
      const at = { name: pathAgent(c), tag: pathPart(c, 'tag') }
      return c.json(await moveTag(database(), caller(c), { ...at, ...asked }))
    })
    .delete('/:namespace/:name/tags/:tag', routes.deleteTag, query({ organization }), async (c) => {
      const at = { name: pathAgent(c), tag: pathPart(c, 'tag') }
      return c.json(await moveTag(database(), caller(c), { ...at, version: null }))
    })
    .post('/:namespace/:name/review', routes.review, query({ organization }), async (c) => {
      const asked = await readBody(c, bodies.review)
      return c.json(await decideReview(database(), caller(c), { ...asked, name: pathAgent(c) }))
    })
    .post('/:namespace/:name/reports', routes.report, query({ organization }), async (c) => {
      const asked = await readBody(c, bodies.report)
      return c.json(await report(database(), caller(c), { ...asked, name: pathAgent(c) }))
    })
}

/** Who asks, narrowed by `organization`. */
function caller(c: ApiContext) {
  return callerOf(c, c.req.query('organization'))
}

async function answer(c: ApiContext, { database }: PublishParts, { agent, version: made }: Published) {
  const reference = `${agent.namespace}/${agent.name}@${made.version}`
  return c.json(await showVersion(database, caller(c).scope, reference))
}
