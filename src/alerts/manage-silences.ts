/** Silences: times in which alerts are evaluated without notifications. */
import { randomUUID } from 'node:crypto'
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import { endSilence, insertSilence, listSilences, type StoredSilence } from '../metadata/alert-silences.ts'
import { appendAudit, type Caller } from '../metadata/audit-log.ts'
import type { Database } from '../metadata/database.ts'
import { toUtc } from '../service/window.ts'
import type { Scope } from '../store/scope.ts'
import { isUuid } from '../uuid.ts'
import { getRule, ownerOf } from './manage-rules.ts'

export interface SilenceRequest {
  ruleId?: string | undefined
  matches: Readonly<Record<string, string | null>>
  comment: string
  startsAt?: string | undefined
  endsAt: string
}

/** Silences alerts of the caller's tenant for a time. @throws {ExectrailError} `not_found` for a rule of others */
export async function silence(
  database: Database,
  { scope, actor }: Caller,
  { ruleId, matches, comment, startsAt, endsAt }: SilenceRequest,
): Promise<StoredSilence> {
  const owner = ruleId === undefined ? ownerOf(scope) : await getRule(database, scope, ruleId)
  const { organizationId, workspaceId } = owner
  const starts = toUtc(startsAt ?? new Date().toISOString())
  const ends = toUtc(endsAt)
  if (Date.parse(ends) <= Math.max(Date.parse(starts), Date.now()))
    throw new InvalidRequestError([{ path: 'endsAt', message: 'lies in the past, or before the start' }])
  const made = {
    id: randomUUID(),
    organizationId,
    workspaceId,
    ruleId: ruleId ?? null,
    matches,
    comment,
    startsAt: new Date(starts).toISOString(),
    endsAt: new Date(ends).toISOString(),
    createdBy: actor.name,
  }
  await database.queries.transaction().execute(async (transaction) => {
    await insertSilence(transaction, made)
    const detail = { ruleId: made.ruleId, matches, endsAt: made.endsAt }
    await appendAudit(transaction, {
      actor,
      action: 'alert.silence',
      subject: made.id,
      organizationId,
      workspaceId,
      detail,
    })
  })
  return made
}

export function activeSilences({ queries }: Database, scope: Scope): Promise<StoredSilence[]> {
  return listSilences(queries, scope)
}

/** Ends a silence now. @throws {ExectrailError} `not_found` */
export async function unsilence(
  { queries }: Database,
  { scope, actor }: Caller,
  id: string,
): Promise<StoredSilence> {
  return queries.transaction().execute(async (transaction) => {
    const ended = isUuid(id) ? await endSilence(transaction, scope, id) : null
    if (ended === null) throw new ExectrailError('not_found', 'there is no such silence, or it has ended')
    const { organizationId, workspaceId } = ended
    await appendAudit(transaction, {
      actor,
      action: 'alert.unsilence',
      subject: id,
      organizationId,
      workspaceId,
      detail: {},
    })
    return ended
  })
}
