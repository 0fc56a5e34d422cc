/** Content as a reply: whole, or the range that was asked for. It is never shown as a page. */
import type { OpenedContent } from '../service/open-content.ts'
import type { ApiContext } from './context.ts'
import { HttpProblem } from './problem.ts'
import { sentCopiesOf } from './sent-copies.ts'
import { streamBody } from './stream-body.ts'

const RANGE_NOT_SATISFIABLE = {
  status: 416,
  code: 'range_not_satisfiable',
  title: 'There are no such bytes',
}

export interface ContentFile {
  /** Any text; what a header cannot hold is replaced. */
  name: string
  type: string
  /** Whether a browser saves it. */
  disposition: 'inline' | 'attachment'
}

/** @throws {HttpProblem} 416 for a range outside the content */
export function sendContent(
  c: ApiContext,
  content: OpenedContent,
  { file, log }: { file: ContentFile; log: (line: string) => void },
): Response {
  const etag = `"${content.sha256}"`
  const headers: Record<string, string> = {
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-cache',
    'Content-Type': file.type,
    'Content-Disposition': dispositionOf(file),
    'X-Content-Type-Options': 'nosniff',
  }
  if (isKnown(c.req.header('If-None-Match'), etag)) return new Response(null, { status: 304, headers })
  const ifRange = c.req.header('If-Range')
  const asked = ifRange === undefined || ifRange === etag ? c.req.header('Range') : undefined
  const range = rangeOf(asked, content.bytes)
  if (range === 'outside') throw outside(asked, content.bytes)
  const { start, end } = range ?? { start: 0, end: content.bytes - 1 }
  headers['Content-Length'] = String(end - start + 1)
  if (range !== null) headers['Content-Range'] = `bytes ${start}-${end}/${content.bytes}`
  const status = range === null ? 200 : 206
  if (c.req.method === 'HEAD') return new Response(null, { status, headers })
  const pieces = sentCopiesOf(content.read({ start, end }), c.env.outgoing)
  return new Response(streamBody(c, pieces, { log }), { status, headers })
}

function isKnown(header: string | undefined, etag: string): boolean {
  return (
    header !== undefined && header.split(',').some((given) => ['*', etag, `W/${etag}`].includes(given.trim()))
  )
}

/** The one range of a header; null for the whole: where none is given, several, or something else than bytes. */
function rangeOf(
  header: string | undefined,
  bytes: number,
): { start: number; end: number } | 'outside' | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/u.exec(header?.trim() ?? '') ?? []
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (first !== '' && last !== '' && Number(last) < start) return null
  return start > end ? 'outside' : { start, end }
}

function outside(asked: string | undefined, bytes: number): HttpProblem {
  return new HttpProblem(
    RANGE_NOT_SATISFIABLE,
    `${(asked ?? '').slice(0, 60)} is outside the ${bytes} bytes`,
    {
      headers: { 'Content-Range': `bytes */${bytes}` },
    },
  )
}

/** A name for old clients in ASCII, and the true one (RFC 8187); without any part of a path. */
function dispositionOf({ name, disposition }: ContentFile): string {
  const last = name.toWellFormed().split(/[/\\]/u).at(-1) ?? ''
  const safe = last
    .replaceAll(/[\p{C}"*:<>?|]/gu, '_')
    .slice(0, 200)
    .replace(/^\.+$/u, '_')
  const ascii = safe.replaceAll(/[^\x20-\x7e]|[%']/gu, '_') || 'content'
  const encoded = encodeURIComponent(safe || 'content').replaceAll(
    /['()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  )
  return `${disposition}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
