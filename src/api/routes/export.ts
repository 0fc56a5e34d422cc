import { z } from 'zod'
import { FIELD_NAMES } from '../../record/record.ts'
import { EXPORT_FORMATS, exportExecutions, type ExportFormat } from '../../service/export-executions.ts'
import type { ApiContext, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readQuestion, scopeParameters } from '../filter-parameters.ts'
import { listParameters } from '../list-parameters.ts'
import { oneOf } from '../parameters.ts'
import { streamBody } from '../stream-body.ts'

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
}

export const exportParameters = {
  ...scopeParameters,
  fields: listParameters.fields,
  format: oneOf(EXPORT_FORMATS)
    .optional()
    .describe('`ndjson`, `csv` or `parquet`. Default: what `Accept` asks for, else ndjson'),
}

export const exportRoute = documentRoute({
  id: 'exportExecutions',
  summary: 'Every matching execution of the window, as NDJSON, CSV or Parquet',
  tag: 'executions',
  reply: z.string().meta({ format: 'binary' }),
  media: Object.values(MEDIA_TYPES),
  description:
    'The file. The connection is cut where it cannot be completed; `X-Exectrail-Window` is the window',
})

/** Streams the file. The statement ends when the reader goes. */
export async function sendExport(
  c: ApiContext,
  { store, log }: AppDependencies,
  given: z.output<z.ZodObject<typeof exportParameters>>,
): Promise<Response> {
  const { scope, window, filter } = readQuestion(c, given)
  const format = given.format ?? acceptedFormat(c.req.header('Accept') ?? '')
  const compression = format !== 'parquet' && acceptsGzip(c) ? 'gzip' : null
  const headers = {
    'Content-Type': `${MEDIA_TYPES[format]}${format === 'csv' ? '; charset=utf-8; header=present' : ''}`,
    'Content-Disposition': `attachment; filename="executions.${format}"`,
    'X-Exectrail-Window': `${window.from}/${window.to}`,
    Vary: 'Accept, Accept-Encoding',
    ...(compression === null ? {} : { 'Content-Encoding': compression }),
  }
  // A body that is not read would hold its place.
  if (c.req.method === 'HEAD') return new Response(null, { headers })
  const ending = new AbortController()
  c.req.raw.signal.addEventListener('abort', () => ending.abort(), { once: true })
  const pieces = await exportExecutions(
    { store, scope },
    { window, filter, fields: given.fields ?? FIELD_NAMES, format, compression, signal: ending.signal },
  )
  return new Response(streamBody(c, pieces, { ending, log }), { headers })
}

function acceptedFormat(accept: string): ExportFormat {
  return EXPORT_FORMATS.find((format) => accept.includes(MEDIA_TYPES[format])) ?? 'ndjson'
}

function acceptsGzip(c: ApiContext): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:[,\s]|$))/iu.test(c.req.header('Accept-Encoding') ?? '')
}
