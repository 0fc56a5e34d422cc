/** Users of the endpoint; the engine itself has none. */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RefusedStatement } from './refusal.ts'
import type { Access } from './database-access.ts'

export interface User {
  name: string
  password: string
  access: Access
  /** `internal`: the service and the Collector, whose connections users cannot exhaust. */
  role: 'internal' | 'user'
}

/**
 * The user of a request by ClickHouse's headers, Basic authentication or URL parameters.
 * @throws {RefusedStatement} code 516
 */
export function authenticate(
  request: IncomingMessage,
  search: URLSearchParams,
  users: readonly User[],
): User {
  if (/^Bearer\b/iu.test(request.headers.authorization ?? ''))
    throw new RefusedStatement(516, 'JWT is not supported here: send a user and a password')
  const { name, password } = credentials(request, search)
  const user = users.find((candidate) => candidate.name === name)
  // Compares even for an unknown user, so that the time reveals nothing.
  const matches = timingSafeEqual(digest(user?.password ?? randomUUID()), digest(password))
  if (user !== undefined && matches) return user
  throw new RefusedStatement(
    516,
    `${name}: Authentication failed: password is incorrect, or there is no user with such name`,
  )
}

function credentials(request: IncomingMessage, search: URLSearchParams): { name: string; password: string } {
  const header = request.headers['x-clickhouse-user']
  if (typeof header === 'string')
    return { name: header, password: String(request.headers['x-clickhouse-key'] ?? '') }
  const basic = /^Basic (?<text>[\w+/=-]+)$/u.exec(request.headers.authorization ?? '')?.groups?.['text']
  if (basic !== undefined) {
    const [name = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':')
    return { name, password: rest.join(':') }
  }
  return { name: search.get('user') ?? 'default', password: search.get('password') ?? '' }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
