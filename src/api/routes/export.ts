import { z } from 'zod'
import { FIELD_NAMES } from '../../record/record.ts'
import { EXPORT_FORMATS, exportExecutions, type ExportFormat } from '../../service/export-executions.ts'
import type { ApiContext, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readQuestion, scopeParameters } from '../filter-parameters.ts'
import { listParameters } from '../list-parameters.ts'
import { oneOf } from '../parameters.ts'

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
}
/** A reader that takes nothing for so long is cut off. */
const STALLED_MS = 60_000

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
  return new Response(toBody(c, pieces, { ending, log }), { headers })
}

/** Pulls the next piece when the reader takes more. A failure cuts the connection, so that no reader takes a part for the whole. */
function toBody(
  c: ApiContext,
  pieces: AsyncIterable<Uint8Array>,
  { ending, log }: { ending: AbortController; log: (line: string) => void },
): ReadableStream<Uint8Array> {
  const { outgoing } = c.env
  const iterator = pieces[Symbol.asyncIterator]()
  const cutOff = (): void => {
    ending.abort()
    outgoing?.destroy()
  }
  outgoing?.setTimeout(STALLED_MS, cutOff)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await iterator.next()
          if (next.done === true) controller.close()
          else controller.enqueue(next.value)
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error)
          if (!ending.signal.aborted)
            log(JSON.stringify({ requestId: c.get('requestId'), path: c.req.path, reason }))
          cutOff()
          // Without a socket the error is all that tells.
          if (outgoing === undefined) controller.error(error)
        }
      },
      cancel() {
        ending.abort()
        void iterator.return?.()
      },
    },
    { highWaterMark: 1 },
  )
}

function acceptedFormat(accept: string): ExportFormat {
  return EXPORT_FORMATS.find((format) => accept.includes(MEDIA_TYPES[format])) ?? 'ndjson'
}

function acceptsGzip(c: ApiContext): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:[,\s]|$))/iu.test(c.req.header('Accept-Encoding') ?? '')
}
