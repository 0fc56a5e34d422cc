/** Makes, changes, tests and deletes channels. Their secrets come in and never go out. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import {
  channelsNamed,
  deleteChannel as deleteStored,
  listChannels as listStored,
  saveChannel as saveStored,
  type StoredChannel,
} from '../metadata/alert-channels.ts'
import type { Owner } from '../metadata/alert-rules.ts'
import type { AuditAction } from '../metadata/audit-actions.ts'
import { appendAudit, type Caller } from '../metadata/audit-log.ts'
import type { Database, Queries } from '../metadata/database.ts'
import type { Scope } from '../store/scope.ts'
import { validate } from '../validation.ts'
import { CHANNELS, toChannel, type ChannelKind } from './channels/channel.ts'
import { DeliveryError } from './channels/http-post.ts'
import { toMessage, unknownNames } from './channels/message.ts'
import type { Seal } from './channels/seal.ts'
import { sendMessage, type Outlets } from './channels/send.ts'
import { ownerOf } from './manage-rules.ts'
import type { NotificationContent } from './notification.ts'

/** A channel as it is shown: without its secret. */
export type ChannelView = Omit<StoredChannel, 'secret'>

export interface ChannelRequest {
  name: string
  kind: ChannelKind
  settings: unknown
  /** Absent: as it was, or for a webhook a new one. */
  secret?: unknown
  hourlyLimit: number
}

/** What managing channels needs. */
export interface ChannelParts {
  database: Database
  outlets: Outlets
  seal: Seal
}

/** The channels of a tenant by name. */
export async function listChannels({ queries }: Database, scope: Scope): Promise<ChannelView[]> {
  return (await listStored(queries, scope)).map(toView)
}

/**
 * Makes a channel, or changes the one of that name. It is saved only if a test message comes through.
 * @returns the channel, and the signing secret where one was made for it, this once
 * @throws {InvalidRequestError} for settings that are not those of the kind, or a channel that refuses the test
 */
export async function saveChannel(
  parts: ChannelParts,
  { scope, actor }: Caller,
  request: ChannelRequest,
): Promise<ChannelView & { signingSecret?: string }> {
  const { queries } = parts.database
  const owner = ownerOf(scope)
  const before = await ownChannel(queries, scope, request.name)
  const needsSecret = request.kind === 'webhook' && request.secret === undefined && before?.kind !== 'webhook'
  const signingSecret = needsSecret ? makeSigningSecret() : undefined
  const kept = signingSecret === undefined ? openKept(parts.seal, before, request) : { signingSecret }
  const checked = check(request, request.secret ?? kept)
  await tryOut(parts.outlets, { ...request, ...checked }, owner)
  const channel = {
    id: before?.id ?? randomUUID(),
    ...owner,
    name: request.name,
    kind: request.kind,
    settings: checked.settings,
    secret: parts.seal.seal(checked.secret),
    hourlyLimit: request.hourlyLimit,
    changedBy: actor.name,
  }
  const saved = await queries.transaction().execute(async (transaction) => {
    const stored = await saveStored(transaction, channel)
    if (stored === null) throw new ExectrailError('conflict', 'a channel of that name was made just now')
    const action = before === null ? 'alert.channel.create' : 'alert.channel.change'
    await audit(transaction, { scope, actor }, action, stored)
    return stored
  })
  return { ...toView(saved), ...(signingSecret === undefined ? {} : { signingSecret }) }
}

/** Sends a test message. @throws {InvalidRequestError} with why it did not come through */
export async function testChannel(parts: ChannelParts, scope: Scope, name: string): Promise<ChannelView> {
  const stored = await needChannel(parts.database.queries, scope, name)
  await tryOut(parts.outlets, { ...stored, secret: parts.seal.open(stored.secret) }, stored)
  return toView(stored)
}

/** Deletes a channel; what waits for it is not sent. @throws {ExectrailError} `not_found` */
export async function deleteChannel(
  { queries }: Database,
  caller: Caller,
  name: string,
): Promise<ChannelView> {
  return queries.transaction().execute(async (transaction) => {
    const stored = await needChannel(transaction, caller.scope, name)
    await deleteStored(transaction, stored.id)
    await audit(transaction, caller, 'alert.channel.delete', stored)
    return toView(stored)
  })
}

async function ownChannel(queries: Queries, scope: Scope, name: string): Promise<StoredChannel | null> {
  return ownOf(await channelsNamed(queries, scope, name), scope, name) ?? null
}

function ownOf(named: readonly StoredChannel[], scope: Scope, name: string): StoredChannel | undefined {
  const { organizationId, workspaceId } = ownerOf(scope)
  return named.find(
    (one) => one.name === name && one.organizationId === organizationId && one.workspaceId === workspaceId,
  )
}

/** By its id or its name; of several of that name the caller's own. */
async function needChannel(queries: Queries, scope: Scope, name: string): Promise<StoredChannel> {
  const named = await channelsNamed(queries, scope, name)
  const found =
    named.find(({ id }) => id === name) ?? (named.length > 1 ? ownOf(named, scope, name) : named[0])
  if (found !== undefined) return found
  if (named.length > 0)
    throw new ExectrailError('conflict', `several owners have a channel ${JSON.stringify(name)}`, {
      hint: 'Name its organization, such as `--org ID`, or give the id of the channel.',
    })
  throw new ExectrailError('not_found', `there is no channel ${JSON.stringify(name.slice(0, 100))}`, {
    hint: '`exectrail alert channel list` shows the channels.',
  })
}

function openKept(seal: Seal, before: StoredChannel | null, { kind }: ChannelRequest): unknown {
  return before !== null && before.kind === kind ? seal.open(before.secret) : {}
}

interface ChannelSchemas {
  settings: z.ZodType<{ title?: string | undefined; body?: string | undefined }>
  secret: z.ZodType<Record<string, string>>
}

/** @throws {InvalidRequestError} with all issues of settings, secret and templates */
function check({ kind, settings }: ChannelRequest, secret: unknown) {
  const { settings: shownSchema, secret: secretSchema }: ChannelSchemas = CHANNELS[kind]
  const shown = validate(shownSchema, settings)
  const hidden = validate(secretSchema, secret)
  const issues = [
    ...(shown.ok ? templateIssues(shown.value) : under('settings', shown.issues)),
    ...(hidden.ok ? [] : under('secret', hidden.issues)),
  ]
  if (!shown.ok || !hidden.ok || issues.length > 0) throw new InvalidRequestError(issues)
  return { settings: { ...shown.value }, secret: hidden.value }
}

function under(path: string, issues: readonly { path: string; message: string }[]) {
  return issues.map((issue) => ({
    path: [path, issue.path].filter(Boolean).join('.'),
    message: issue.message,
  }))
}

function templateIssues({ title, body }: { title?: string | undefined; body?: string | undefined }) {
  return Object.entries({ title, body }).flatMap(([path, text = '']) =>
    unknownNames(text).map((name) => ({ path: `settings.${path}`, message: `there is no {{${name}}}` })),
  )
}

async function tryOut(
  outlets: Outlets,
  parts: { kind: string; name: string; settings: unknown; secret: unknown },
  { organizationId }: Owner,
): Promise<void> {
  const { kind, name, settings, secret } = parts
  const channel = toChannel({ kind, name, settings, secret })
  const message = toMessage(
    randomUUID(),
    testContent(name, organizationId),
    channel.settings,
    outlets.publicUrl,
  )
  try {
    await sendMessage(channel, message, outlets)
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error
    throw new InvalidRequestError([
      { path: 'settings', message: `a test message did not come through: ${error.message}` },
    ])
  }
}

function testContent(channelName: string, organizationId: string | null): NotificationContent {
  const now = new Date().toISOString()
  return {
    kind: 'test',
    ruleId: randomUUID(),
    ruleName: `Test of the channel ${channelName}`,
    description: null,
    alertId: randomUUID(),
    organizationId,
    severity: 'warning',
    group: {},
    value: null,
    reason: 'exectrail sends this to see that messages come through. Nothing is wrong.',
    firedAt: now,
    window: { from: now, to: now },
    where: [],
    q: null,
  }
}

function makeSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

async function audit(
  queries: Queries,
  { actor }: Caller,
  action: AuditAction,
  channel: StoredChannel,
): Promise<void> {
  const { id, name, kind, organizationId, workspaceId } = channel
  await appendAudit(queries, {
    actor,
    action,
    subject: id,
    organizationId,
    workspaceId,
    detail: { name, kind },
  })
}

function toView(channel: StoredChannel): ChannelView {
  const { secret: _secret, ...shown } = channel
  return shown
}
