/** Whole content of an execution, with ranges, for people and programs that take it away. */
import { Hono } from 'hono'
import { z } from 'zod'
import { CONTENT_PARTS, type ContentPart } from '../../record/content-parts.ts'
import { listOutFiles, openContent, openOutFile } from '../../service/open-content.ts'
import { scopeOf } from '../auth.ts'
import { BINARY, fileOfOut, fileOfPart, PARTS, TEXT } from '../content-files.ts'
import { sendContent } from '../content-reply.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { organization, oneOf, pathExecutionId, query } from '../parameters.ts'

export const download = oneOf(['0', '1'])
  .default('0')
  .describe('`1`: a browser saves the reply instead of showing it')

export const RANGES = {
  206: { description: 'The range of bytes that `Range` asks for' },
  304: { description: 'The content is that of `If-None-Match`' },
}

const fileSchema = z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })

const list = documentRoute({
  id: 'listOutFiles',
  summary: 'Files that the execution left in `/out`',
  tag: 'executions',
  reply: z.object({ data: z.array(fileSchema) }),
  description: 'Those whose content was kept',
})

const one = documentRoute({
  id: 'getOutFile',
  summary: 'The content of a file of `/out`',
  tag: 'executions',
  reply: z.string().meta({ format: 'binary' }),
  media: [BINARY],
  description: 'The file, or the range of it that `Range` asks for',
  also: RANGES,
})

/** `/v1/executions/{id}/stdout`, the same for other content, and `/files`. */
export function content(dependencies: AppDependencies): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  const partsOf = (c: ApiContext, organizationId: string | undefined) => ({
    ...contentParts(dependencies),
    scope: scopeOf(c, organizationId),
  })
  for (const part of CONTENT_PARTS)
    app.get(`/:id/${part}`, routeOf(part), query({ organization, download }), async (c) => {
      const given = c.req.valid('query')
      const id = pathExecutionId(c)
      const opened = await openContent(partsOf(c, given.organization), id, part)
      return sendContent(c, opened, {
        file: fileOfPart(id, part, given.download),
        log: dependencies.log,
      })
    })
  return app
    .get('/:id/files', list, query({ organization }), async (c) =>
      c.json({ data: await listOutFiles(partsOf(c, c.req.valid('query').organization), pathExecutionId(c)) }),
    )
    .get('/:id/files/content', one, query({ organization, path: filePath }), async (c) => {
      const { path, organization: asked } = c.req.valid('query')
      const opened = await openOutFile(partsOf(c, asked), pathExecutionId(c), path)
      return sendContent(c, opened, { file: fileOfOut(path), log: dependencies.log })
    })
}

/** What reading content needs, besides what the request may see. */
export function contentParts({ store, blobs = null, metadata, contentDays = null }: AppDependencies) {
  return { store, blobs, database: metadata?.database ?? null, contentDays }
}

const filePath = z.string('give it once').min(1, 'name a file').max(4096, 'at most 4096 characters')

function routeOf(part: ContentPart) {
  return documentRoute({
    id: `get${part.charAt(0).toUpperCase()}${part.slice(1)}`,
    summary: PARTS[part].summary,
    tag: 'executions',
    reply: PARTS[part].type === TEXT ? z.string() : z.unknown(),
    media: [PARTS[part].type.split(';', 1)[0] ?? ''],
    description: `The content, or the range of it that \`Range\` asks for; its ETag is its SHA-256`,
    also: RANGES,
  })
}
