/** Links to content that need no key: signed, and good for a short time. */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import { appendAudit, type Actor } from '../metadata/audit-log.ts'
import type { Database } from '../metadata/database.ts'
import { keepLinkSecret, readLinkSecret } from '../metadata/link-secret.ts'
import { CONTENT_PARTS } from '../record/content-parts.ts'
import { openContent, openOutFile, readRecord, type OpenedContent } from './open-content.ts'

export const LINK_SECONDS_MAX = 3_600
/** Fits the line of a request. */
export const TOKEN_MAX = 8_192

const linked = z.union([
  z.strictObject({ part: z.enum(CONTENT_PARTS) }),
  z.strictObject({ file: z.string() }),
])
/** One part of an execution, or the path of one file of `/out`. */
export type Linked = z.infer<typeof linked>

const claims = z.strictObject({
  organizationId: z.string(),
  executionId: z.string(),
  linked,
  /** Seconds since the epoch. */
  expires: z.int(),
})
type Claims = z.infer<typeof claims>

type ContentParts = Parameters<typeof openContent>[0]

interface LinkParts {
  database: Database
  /** Of the installation; null: what Postgres has is enough to sign. */
  secretsKey: string | null
}

/**
 * A link to content that the scope may read and that is there. The log of changes says who made it, for what and until when.
 * @param now ms since the epoch
 * @returns with the end of the link, ISO 8601 UTC
 * @throws as `openContent` and `openOutFile`; {MetadataError}
 */
export async function createLink(
  parts: ContentParts & LinkParts & { actor: Actor },
  { executionId, seconds, to }: { executionId: string; seconds: number; to: Linked },
  now = Date.now(),
): Promise<{ token: string; expiresAt: string }> {
  const record = await readRecord(parts, executionId)
  await open(parts, executionId, to)
  const expires = Math.floor(now / 1000) + seconds
  const { organizationId, workspaceId } = record
  const body = encode({ organizationId, executionId: record.executionId, linked: to, expires })
  const made = randomBytes(32).toString('hex')
  const secret = await keepLinkSecret(parts.database.queries, made)
  const token = `${body}.${sign(body, secret, parts.secretsKey)}`
  if (token.length > TOKEN_MAX)
    throw new InvalidRequestError([{ path: 'file', message: 'its path is too long for a link' }])
  const expiresAt = new Date(expires * 1000).toISOString()
  await appendAudit(parts.database.queries, {
    actor: parts.actor,
    action: 'content.link',
    subject: record.executionId,
    organizationId,
    workspaceId,
    detail: { ...('part' in to ? to : { file: storable(to.file) }), expiresAt },
  })
  return { token, expiresAt }
}

interface LinkedContent {
  executionId: string
  to: Linked
  opened: OpenedContent
}

/**
 * What a link leads to.
 * @param now ms since the epoch
 * @throws {ExectrailError} `not_found` for one that is wrong, changed or over, without saying which; else as `openContent`
 */
export async function openLink(
  parts: Omit<ContentParts, 'scope'> & LinkParts,
  token: string,
  now = Date.now(),
): Promise<LinkedContent> {
  const [body = '', signature = '', ...more] = token.split('.')
  const read = more.length === 0 ? decode(body) : null
  // A link that is over needs no question to Postgres.
  if (read === null || read.expires * 1000 <= now) throw noSuchLink()
  const secret = await readLinkSecret(parts.database.queries)
  if (secret === null || !isSame(signature, sign(body, secret, parts.secretsKey))) throw noSuchLink()
  const { organizationId, executionId, linked: to } = read
  const opened = await open({ ...parts, scope: { organizationId } }, executionId, to)
  return { executionId, to, opened }
}

function open(parts: ContentParts, executionId: string, to: Linked): Promise<OpenedContent> {
  return 'part' in to ? openContent(parts, executionId, to.part) : openOutFile(parts, executionId, to.file)
}

function encode(of: Claims): string {
  return Buffer.from(JSON.stringify(of)).toString('base64url')
}

/** Null for what is no link. It is not trusted before its signature is compared. */
function decode(body: string): Claims | null {
  try {
    return claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString())).data ?? null
  } catch {
    return null
  }
}

/** HMAC-SHA256 of the text of the claims, in base64url. */
function sign(body: string, secret: string, secretsKey: string | null): string {
  const key = hkdfSync('sha256', secret, secretsKey ?? '', 'exectrail content links', 32)
  return createHmac('sha256', Buffer.from(key)).update(body).digest('base64url')
}

/** In a time that does not depend on where they differ. */
function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** Postgres takes neither half characters nor NUL. */
function storable(path: string): string {
  return path.toWellFormed().replaceAll('\0', '\uFFFD')
}

function noSuchLink(): ExectrailError {
  return new ExectrailError('not_found', 'this link is not valid, or it is over', {
    hint: `A link lasts for ${LINK_SECONDS_MAX / 60} minutes at most: POST /v1/executions/{id}/links makes a new one.`,
  })
}
