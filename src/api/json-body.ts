import { HttpProblem, MALFORMED_JSON, UNSUPPORTED_MEDIA_TYPE } from './problem.ts'
import type { ApiContext } from './environment.ts'

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/**
 * Reads a JSON object from the body.
 * @throws {HttpProblem} for another media type, broken JSON, or JSON that is no object
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
  const body = parse(await c.req.text())
  if (!isRecord(body)) {
    throw new HttpProblem(MALFORMED_JSON, 'the body is JSON but no object', { hint: 'Send one JSON object.' })
  }
  return body
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
