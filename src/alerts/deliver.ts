/** Delivers the outbox of notifications: at least once, in order for each alert and channel. */
import { messageOf } from '../errors.ts'
import { findChannels, type StoredChannel } from '../metadata/alert-channels.ts'
import {
  claimNotifications,
  countDelivered,
  settleNotification,
  type Settlement,
  type StoredNotification,
} from '../metadata/alert-notifications.ts'
import type { Queries } from '../metadata/database.ts'
import { Claim } from './claim.ts'
import { toChannel } from './channels/channel.ts'
import { DeliveryError } from './channels/http-post.ts'
import { toMessage } from './channels/message.ts'
import type { Seal } from './channels/seal.ts'
import { sendMessage, type Outlets } from './channels/send.ts'
import { notificationContent } from './notification.ts'

/** What delivery needs. */
export interface Delivery {
  queries: Queries
  outlets: Outlets
  seal: Seal
  /** So long others leave what this process has claimed, and what it had claimed when it was killed. @default 90 */
  claimSeconds?: number
}

const AT_ONCE = 16
const CLAIM_SECONDS = 90
const FIRST_PAUSE_MS = 5_000
const LAST_PAUSE_MS = 3_600_000
const GIVE_UP_MS = 48 * 3_600_000
const CAP_PAUSE_MS = 60_000
const ERROR_MAX = 500

/** Sends what is due. @returns how many were tried */
export async function deliverDue(delivery: Delivery): Promise<number> {
  const { queries, claimSeconds = CLAIM_SECONDS } = delivery
  const claimed = await claimNotifications(queries, { limit: AT_ONCE, seconds: claimSeconds })
  if (claimed.length === 0) return 0
  const claim = new Claim(queries, claimed, claimSeconds)
  try {
    await deliverAll(delivery, claimed, claim)
  } finally {
    claim.close()
  }
  return claimed.length
}

async function deliverAll(
  delivery: Delivery,
  claimed: readonly StoredNotification[],
  claim: Claim,
): Promise<void> {
  const byChannel = Map.groupBy(claimed, ({ channelId }) => channelId)
  const found = await findChannels(delivery.queries, [...byChannel.keys()])
  const channels = new Map(found.map((channel) => [channel.id, channel]))
  const sent = [...byChannel].map(async ([id, notifications]) => {
    const channel = channels.get(id)
    if (channel !== undefined) await deliverTo(delivery, channel, { notifications, claim })
  })
  const failed = (await Promise.allSettled(sent)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** One after another, within what the channel takes in an hour. */
async function deliverTo(
  delivery: Delivery,
  channel: StoredChannel,
  { notifications, claim }: { notifications: readonly StoredNotification[]; claim: Claim },
): Promise<void> {
  const { queries } = delivery
  let room = channel.hourlyLimit - (await countDelivered(queries, channel.id))
  for (const notification of notifications) {
    if (!(await claim.covers(notification))) continue
    const settled = room > 0 ? await attempt(delivery, channel, notification) : overCap(channel)
    if (settled.as === 'delivered') room -= 1
    claim.remove(notification)
    await settleNotification(queries, notification, settled)
  }
}

async function attempt(
  { outlets, seal }: Delivery,
  stored: StoredChannel,
  notification: StoredNotification,
): Promise<Settlement> {
  try {
    const channel = toChannel({
      kind: stored.kind,
      name: stored.name,
      settings: stored.settings,
      secret: seal.open(stored.secret),
    })
    const content = notificationContent.parse(notification.content)
    await sendMessage(
      channel,
      toMessage(notification.id, content, channel.settings, outlets.publicUrl),
      outlets,
    )
    return { as: 'delivered' }
  } catch (error) {
    return afterFailure(notification, error)
  }
}

function afterFailure({ attempts, createdAt }: StoredNotification, cause: unknown): Settlement {
  const error = messageOf(cause).slice(0, ERROR_MAX)
  const { final, retryAfterMs } =
    cause instanceof DeliveryError ? cause : { final: false, retryAfterMs: undefined }
  if (final || Date.now() - Date.parse(createdAt) > GIVE_UP_MS) return { as: 'given up', error }
  const backoff = FIRST_PAUSE_MS * 3 ** Math.min(attempts - 1, 10)
  const pause = Math.min(LAST_PAUSE_MS, Math.max(backoff, retryAfterMs ?? 0))
  return { as: 'waits', until: new Date(Date.now() + pause).toISOString(), error }
}

function overCap({ hourlyLimit }: StoredChannel): Settlement {
  const error = `the channel takes ${hourlyLimit} notifications an hour; it goes on when there is room`
  return { as: 'waits', until: new Date(Date.now() + CAP_PAUSE_MS).toISOString(), error }
}
