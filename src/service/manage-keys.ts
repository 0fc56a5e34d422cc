/** Creates, lists and revokes API keys. Every change is in the audit log. */
import { randomUUID } from 'node:crypto'
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import {
  countAdministrators,
  insertKey,
  listKeys as readKeys,
  lockKey,
  revokeKey as revokeStored,
  type StoredKey,
} from '../metadata/api-keys.ts'
import { appendAudit, type Caller } from '../metadata/audit-log.ts'
import type { Database } from '../metadata/database.ts'
import { USUAL_SCOPES, type KeyScope } from '../metadata/key-scopes.ts'
import type { Scope } from '../store/scope.ts'
import { isUuid } from '../uuid.ts'
import { bindTenant } from './bind-tenant.ts'
import { hashSecret, makeSecret, type CachedKeys } from './keys.ts'

export interface KeyRequest {
  name: string
  /** @default execute, read and write */
  scopes?: readonly KeyScope[] | undefined
  /** Absent: that of the caller's key, or every organization for an administrator's. */
  organizationId?: string | undefined
  workspaceId?: string | undefined
  /** ISO 8601; absent: never. */
  expiresAt?: string | undefined
}

/** A key as it is shown. */
export interface KeyView extends StoredKey {
  state: 'active' | 'expired' | 'revoked'
}

/**
 * Makes a key. Only this reply has its secret.
 * @throws {ExectrailError} `forbidden` for a tenant that is not the caller's
 * @throws {InvalidRequestError} for a workspace or a limited key without organization, or an expiry in the past
 */
export async function createKey(
  { database, keys }: { database: Database; keys: CachedKeys },
  { scope, actor }: Caller,
  request: KeyRequest,
): Promise<KeyView & { secret: string }> {
  const bound = bindKey(request, scope)
  const scopes = request.scopes ?? USUAL_SCOPES
  checkRequest(request, { ...bound, scopes })
  const secret = makeSecret()
  const key = {
    ...bound,
    id: randomUUID(),
    name: request.name,
    scopes: [...new Set(scopes)],
    createdAt: new Date().toISOString(),
    expiresAt: request.expiresAt === undefined ? null : new Date(request.expiresAt).toISOString(),
  }
  await database.queries.transaction().execute(async (transaction) => {
    await insertKey(transaction, { ...key, secretSha256: hashSecret(secret) })
    const detail = { name: key.name, scopes: key.scopes, expiresAt: key.expiresAt }
    await appendAudit(transaction, { actor, action: 'key.create', subject: key.id, detail, ...bound })
  })
  keys.forget()
  return { ...toView({ ...key, revokedAt: null, lastUsedAt: null }), secret }
}

/** The keys of the caller's tenant, newest first, at most a thousand. */
export async function listKeys(
  { queries }: Database,
  scope: Scope,
  options: { revoked: 'with' | 'without' },
): Promise<KeyView[]> {
  return (await readKeys(queries, scope, options)).map(toView)
}

/**
 * Revokes a key: here at once, in other processes within a second. A revoked key stays as it is.
 * @throws {ExectrailError} `not_found`, or `conflict` for the last key that administers the installation
 */
export async function revokeKey(
  { database, keys }: { database: Database; keys: CachedKeys },
  { scope, actor }: Caller,
  id: string,
): Promise<KeyView> {
  if (!isUuid(id)) throw unknownKey(id)
  const revoked = await database.queries.transaction().execute(async (transaction) => {
    const administrators = await countAdministrators(transaction)
    const key = await lockKey(transaction, scope, id)
    if (key === null) throw unknownKey(id)
    if (key.revokedAt !== null) return key
    if (key.organizationId === null && stateOf(key) === 'active' && administrators <= 1) throw lastOne()
    const { name, organizationId, workspaceId } = key
    const bound = { organizationId, workspaceId }
    await appendAudit(transaction, { actor, action: 'key.revoke', subject: id, detail: { name }, ...bound })
    return revokeStored(transaction, id)
  })
  keys.forget()
  return toView(revoked)
}

function bindKey(
  { organizationId, workspaceId }: KeyRequest,
  scope: Scope,
): Pick<StoredKey, 'organizationId' | 'workspaceId'> {
  if (scope === 'all') return { organizationId: organizationId ?? null, workspaceId: workspaceId ?? null }
  return bindTenant(scope, { organizationId, workspaceId }, 'keys')
}

function checkRequest(
  { expiresAt }: KeyRequest,
  { organizationId, workspaceId, scopes }: Pick<StoredKey, 'organizationId' | 'workspaceId' | 'scopes'>,
): void {
  const issues = []
  if (organizationId === null && workspaceId !== null)
    issues.push({ path: 'workspaceId', message: 'name its organization too' })
  else if (organizationId === null && !scopes.includes('admin')) {
    const message = 'name the organization of the key; only a key with the scope admin may have none'
    issues.push({ path: 'organizationId', message })
  }
  if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now())
    issues.push({ path: 'expiresAt', message: 'lies in the past' })
  if (issues.length > 0) throw new InvalidRequestError(issues)
}

function toView(key: StoredKey): KeyView {
  return { ...key, state: stateOf(key) }
}

function stateOf({ revokedAt, expiresAt }: StoredKey): KeyView['state'] {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'active'
}

function unknownKey(id: string): ExectrailError {
  return new ExectrailError('not_found', `there is no key ${JSON.stringify(id.slice(0, 80))}`, {
    hint: 'exectrail key list shows the keys and their ids.',
  })
}

function lastOne(): ExectrailError {
  return new ExectrailError('conflict', 'it is the last key that administers this installation', {
    hint: 'Make another one first: exectrail key create NAME --scope admin',
  })
}
