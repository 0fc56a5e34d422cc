/** Links to content that need no key. */
import { Hono } from 'hono'
import { z } from 'zod'
import { CONTENT_PARTS } from '../../record/content-parts.ts'
import {
  createLink,
  LINK_SECONDS_MAX,
  openLink,
  TOKEN_MAX,
  type Linked,
} from '../../service/content-links.ts'
import { BINARY, fileOfOut, fileOfPart } from '../content-files.ts'
import { sendContent } from '../content-reply.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { oneOf, organization, pathExecutionId, query } from '../parameters.ts'
import { contentParts, download, RANGES } from './content.ts'

const SECONDS_DEFAULT = 600

const bodySchema = z
  .strictObject({
    part: oneOf(CONTENT_PARTS).optional().describe('What the link gives'),
    file: z
      .string()
      .min(1)
      .max(4096, 'at most 4096 characters')
      .optional()
      .describe('Path of a file of `/out` instead'),
    expiresInSeconds: z
      .int('a whole number of seconds')
      .min(1, 'at least 1')
      .max(LINK_SECONDS_MAX, `at most ${LINK_SECONDS_MAX}`)
      .default(SECONDS_DEFAULT)
      .describe('How long the link lasts'),
  })
  .refine(({ part, file }) => (part === undefined) !== (file === undefined), {
    message: 'give either part or file',
    path: ['part'],
  })

const create = documentRoute({
  id: 'createContentLink',
  summary: 'Make a link to content that needs no key, for a short time',
  tag: 'executions',
  reply: z.object({
    url: z.string().describe('Whoever has it reads the content'),
    expiresAt: z.string().describe('ISO 8601 UTC'),
  }),
  description: 'The link',
  body: bodySchema,
})

const read = documentRoute({
  id: 'getLinkedContent',
  summary: 'The content of a link',
  tag: 'executions',
  reply: z.string().meta({ format: 'binary' }),
  media: ['text/plain', 'application/json', BINARY],
  description: 'The content, or the range of it that `Range` asks for',
  also: RANGES,
  access: 'open',
})

/** `POST /v1/executions/{id}/links` */
export function contentLinks(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().post('/:id/links', create, query({ organization }), async (c) => {
    const caller = callerOf(c, c.req.valid('query').organization)
    const { expiresInSeconds: seconds, ...to } = await readBody(c, bodySchema)
    const link = { executionId: pathExecutionId(c), seconds, to: linkedOf(to) }
    const { token, expiresAt } = await createLink({ ...linkParts(dependencies), ...caller }, link)
    return c.json({ url: urlOf(c, dependencies, token), expiresAt })
  })
}

/** `GET /v1/links` */
export function openLinks(dependencies: AppDependencies): Hono<ApiEnv> {
  const token = z
    .string('give it once')
    .min(1, 'give the token of the link')
    .max(TOKEN_MAX, `at most ${TOKEN_MAX} characters`)
  return new Hono<ApiEnv>().get('/', read, query({ token, download }), async (c) => {
    const given = c.req.valid('query')
    const { executionId, to, opened } = await openLink(linkParts(dependencies), given.token)
    const file = 'part' in to ? fileOfPart(executionId, to.part, given.download) : fileOfOut(to.file)
    return sendContent(c, opened, { file, log: dependencies.log })
  })
}

function linkParts(dependencies: AppDependencies) {
  const { database } = needMetadata(dependencies.metadata)
  return { ...contentParts(dependencies), database, secretsKey: dependencies.secretsKey ?? null }
}

/** The body has one of them. */
function linkedOf({ part, file = '' }: Pick<z.infer<typeof bodySchema>, 'part' | 'file'>): Linked {
  return part === undefined ? { file } : { part }
}

/** The token is in the query, since paths of requests are logged. */
function urlOf(c: ApiContext, { alertOutlets }: AppDependencies, token: string): string {
  const base = alertOutlets?.publicUrl ?? new URL(c.req.url).origin
  return `${base}/v1/links?token=${token}`
}
