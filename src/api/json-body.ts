import { bodyCutShort, HttpProblem, MALFORMED_JSON, UNSUPPORTED_MEDIA_TYPE } from './problem.ts'
import type { ApiContext } from './environment.ts'

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/**
 * Reads a JSON object from the body.
 * @throws {HttpProblem} for another media type or encoding, broken UTF-8 or JSON, or JSON that is no object
 */
export async function readJsonObject(c: ApiContext): Promise<Record<string, unknown>> {
  const type = c.req.header('Content-Type') ?? ''
  if (!JSON_TYPE.test(type)) {
    throw new HttpProblem(
      UNSUPPORTED_MEDIA_TYPE,
      `the body came as ${type === '' ? 'no type' : JSON.stringify(type.slice(0, 100))}`,
      {
        hint: 'Send the header `Content-Type: application/json`.',
      },
    )
  }
  const encoding = c.req.header('Content-Encoding') ?? 'identity'
  if (encoding !== 'identity') {
    throw new HttpProblem(
      UNSUPPORTED_MEDIA_TYPE,
      `the body came as ${JSON.stringify(encoding.slice(0, 100))}`,
      {
        hint: 'Send it without a Content-Encoding.',
      },
    )
  }
  const body = parse(decode(await readBytes(c)))
  if (!isRecord(body)) {
    throw new HttpProblem(MALFORMED_JSON, 'the body is JSON but no object', { hint: 'Send one JSON object.' })
  }
  return body
}

/** A caller that hangs up amid the body is no fault of ours. */
async function readBytes(c: ApiContext): Promise<ArrayBuffer> {
  try {
    return await c.req.arrayBuffer()
  } catch (error) {
    if (error instanceof HttpProblem) throw error
    throw bodyCutShort()
  }
}

/** Strictly: what is no UTF-8 would otherwise be run and recorded as something else. */
function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new HttpProblem(MALFORMED_JSON, 'the body is not UTF-8', {
      hint: 'Send JSON in UTF-8; files of other bytes as base64.',
    })
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new HttpProblem(MALFORMED_JSON, `the body cannot be read as JSON: ${why.slice(0, 200)}`, {
      hint: 'Send one JSON object.',
    })
  }
}
