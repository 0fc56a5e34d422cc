import type { z } from 'zod'
import { messageOf } from '../errors.ts'
import { checked } from '../validation.ts'
import { bodyCutShort, HttpProblem, MALFORMED_JSON, UNSUPPORTED_MEDIA_TYPE } from './problem.ts'
import type { ApiContext } from './context.ts'

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/** Reads the body as `readJson` does, and validates it. @throws {InvalidRequestError} with every issue */
export async function readBody<Output>(c: ApiContext, schema: z.ZodType<Output>): Promise<Output> {
  return checked(schema, (await readJson(c)).body)
}

/**
 * Reads a JSON object from the body, with the text that was parsed.
 * @throws {HttpProblem} for another media type or encoding, invalid UTF-8 or JSON, or JSON that is not an object
 */
export async function readJson(c: ApiContext): Promise<{ body: Record<string, unknown>; text: string }> {
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
        hint: 'Send it without Content-Encoding.',
      },
    )
  }
  const text = decode(await readBytes(c))
  const body = parse(text)
  if (!isRecord(body)) {
    throw new HttpProblem(MALFORMED_JSON, 'the body is JSON but not an object', {
      hint: 'Send one JSON object.',
    })
  }
  return { body, text }
}

/** A connection that closes before the end of the body is a client error. */
async function readBytes(c: ApiContext): Promise<ArrayBuffer> {
  try {
    return await c.req.arrayBuffer()
  } catch (error) {
    if (error instanceof HttpProblem) throw error
    throw bodyCutShort()
  }
}

/** Strict, because invalid UTF-8 would run and be recorded as different code. */
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
    throw new HttpProblem(
      MALFORMED_JSON,
      `the body cannot be read as JSON: ${messageOf(error).slice(0, 200)}`,
      {
        hint: 'Send one JSON object.',
      },
    )
  }
}
