/** Refusals as the real server words them: 400 for all but faults of its own, and the true status in the body. */
import type { ServerResponse } from 'node:http'

export interface Refusal {
  status: number
  code: string
  message: string
}

export const DUPLICATE: Refusal = {
  status: 409,
  code: 'KeyAlreadyExists',
  message: 'The resource already exists',
}
export const NO_BUCKET: Refusal = { status: 404, code: 'NoSuchBucket', message: 'Bucket not found' }
export const NO_OBJECT: Refusal = { status: 404, code: 'NoSuchKey', message: 'Object not found' }

export function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  const error = status === 409 ? 'Duplicate' : code
  answerJson(response, { statusCode: String(status), code, error, message }, status === 500 ? 500 : 400)
}

export function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
