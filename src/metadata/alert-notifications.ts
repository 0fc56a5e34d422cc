/** The outbox of notifications. A claimed one comes back unless it is settled within the claim. */
import { sql, type Selectable } from 'kysely'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'

export const NOTIFICATION_KINDS = ['firing', 'reminder', 'resolved'] as const
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number]

/** A notification to one channel. Times are ISO 8601 UTC. */
export interface StoredNotification {
  /** The same at each attempt; receivers recognise duplicates by it. */
  id: string
  channelId: string
  alertId: string
  kind: NotificationKind
  windowEnd: string
  content: Readonly<Record<string, unknown>>
  createdAt: string
  attempts: number
  /** Null: delivered, or given up. */
  nextAttemptAt: string | null
  deliveredAt: string | null
  lastError: string | null
}

export type NewNotification = Pick<
  StoredNotification,
  'id' | 'channelId' | 'alertId' | 'kind' | 'windowEnd' | 'content'
>

/** Puts notifications into the outbox; one that is there of the same alert, channel, kind and window is not added again. */
export async function addNotifications(queries: Queries, given: readonly NewNotification[]): Promise<void> {
  if (given.length === 0) return
  await queries
    .insertInto('alert_notifications')
    .values(
      given.map(({ id, channelId, alertId, kind, windowEnd, content }) => ({
        id,
        channel_id: channelId,
        alert_id: alertId,
        kind,
        window_end: windowEnd,
        content: JSON.stringify(content),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Takes notifications that are due; no other process gets them for `seconds`. */
export async function claimNotifications(
  queries: Queries,
  { limit, seconds }: { limit: number; seconds: number },
): Promise<StoredNotification[]> {
  const rows = await queries
    .updateTable('alert_notifications')
    .set({
      attempts: sql<number>`attempts + 1`,
      next_attempt_at: sql<Date>`now() + make_interval(secs => ${seconds})`,
    })
    .where('id', 'in', (query) =>
      query
        .selectFrom('alert_notifications')
        .select('id')
        .where('next_attempt_at', '<=', sql<Date>`now()`)
        // The start of an alert is sent before its end.
        .where(
          sql<boolean>`not exists (select from exectrail.alert_notifications as sooner
            where sooner.alert_id = alert_notifications.alert_id and sooner.channel_id = alert_notifications.channel_id
            and sooner.next_attempt_at is not null and sooner.window_end < alert_notifications.window_end)`,
        )
        .orderBy('next_attempt_at')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute()
  return rows.map(toNotification).toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
}

/**
 * Claims notifications for `seconds` more. @returns the ids of those that no other process has claimed since, and that wait
 * as before
 */
export async function renewClaims(
  queries: Queries,
  claimed: readonly Pick<StoredNotification, 'id' | 'attempts'>[],
  seconds: number,
): Promise<Set<string>> {
  const ids = claimed.map(({ id }) => id)
  const attempts = claimed.map((one) => one.attempts)
  const { rows } = await sql<{ id: string }>`UPDATE exectrail.alert_notifications AS notifications
    SET next_attempt_at = now() + make_interval(secs => ${seconds})
    FROM unnest(${ids}::uuid[], ${attempts}::integer[]) AS claimed (id, attempts)
    WHERE notifications.id = claimed.id AND notifications.attempts = claimed.attempts
      AND notifications.next_attempt_at IS NOT NULL
    RETURNING notifications.id`.execute(queries)
  return new Set(rows.map(({ id }) => id))
}

/** How a claimed notification ended: delivered, tried again at a time, or given up. */
export type Settlement =
  | { as: 'delivered' }
  | { as: 'waits'; until: string; error: string }
  | { as: 'given up'; error: string }

/** Notes how it ended; that it was not delivered, only where no other process has claimed it since. */
export async function settleNotification(
  queries: Queries,
  { id, attempts }: Pick<StoredNotification, 'id' | 'attempts'>,
  how: Settlement,
): Promise<void> {
  const change =
    how.as === 'delivered'
      ? { delivered_at: sql<Date>`now()`, next_attempt_at: null, last_error: null }
      : { next_attempt_at: how.as === 'waits' ? how.until : null, last_error: how.error }
  const update = queries.updateTable('alert_notifications').set(change).where('id', '=', id)
  await (how.as === 'delivered' ? update : update.where('attempts', '=', attempts)).execute()
}

/** Notifications that a channel took within the last hour. */
export async function countDelivered(queries: Queries, channelId: string): Promise<number> {
  const { count } = await queries
    .selectFrom('alert_notifications')
    .select((of) => of.fn.countAll<string>().as('count'))
    .where('channel_id', '=', channelId)
    .where('delivered_at', '>', sql<Date>`now() - interval '1 hour'`)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Notifications of alerts, the newest first, at most a hundred. */
export async function listNotifications(queries: Queries, alertId: string): Promise<StoredNotification[]> {
  const rows = await queries
    .selectFrom('alert_notifications')
    .selectAll()
    .where('alert_id', '=', alertId)
    .orderBy('created_at', 'desc')
    .limit(100)
    .execute()
  return rows.map(toNotification)
}

function toNotification(row: Selectable<Tables['alert_notifications']>): StoredNotification {
  return {
    id: row.id,
    channelId: row.channel_id,
    alertId: row.alert_id,
    kind: row.kind,
    windowEnd: row.window_end.toISOString(),
    content: row.content,
    createdAt: row.created_at.toISOString(),
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    lastError: row.last_error,
  }
}
