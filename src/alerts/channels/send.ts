/** Sends one message over a channel. */
import { createTransport } from 'nodemailer'
import { Webhook } from 'standardwebhooks'
import { messageOf } from '../../errors.ts'
import type { Channel, ChannelOf } from './channel.ts'
import { DeliveryError, post, type Post, type PostPolicy } from './http-post.ts'
import type { Message } from './message.ts'
import { discordPost, opsgeniePost, pagerDutyPost, slackPost, teamsPost } from './payloads.ts'

/** What channels need of the installation. */
export interface Outlets extends PostPolicy {
  /** The server that mails go through, smtp:// or smtps://; null: no channel of kind email works. */
  smtpUrl: string | null
  /** Sender of mails. */
  mailFrom: string
  /** Of the dashboard, without trailing slash, for links; null: none. */
  publicUrl: string | null
}

const SMTP_TIMEOUT_MS = 15_000

/** @throws {DeliveryError} when the channel did not take it */
export async function sendMessage(channel: Channel, message: Message, outlets: Outlets): Promise<void> {
  if (channel.kind === 'email') return sendMail(channel, message, outlets)
  await post(postOf(channel, message), outlets)
}

function postOf(channel: Exclude<Channel, { kind: 'email' }>, message: Message): Post {
  switch (channel.kind) {
    case 'webhook':
      return webhookPost(channel, message)
    case 'slack':
      return slackPost(channel, message)
    case 'teams':
      return teamsPost(channel, message)
    case 'discord':
      return discordPost(channel, message)
    case 'pagerduty':
      return pagerDutyPost(channel, message)
    case 'opsgenie':
      return opsgeniePost(channel, message)
    default:
      throw channel satisfies never
  }
}

/** As Standard Webhooks has it: `webhook-id` is the same at each attempt, and the signature covers id, time and body. */
function webhookPost({ settings, secret }: ChannelOf<'webhook'>, message: Message): Post {
  const { id, content, title, body: text, alertUrl, executionsUrl } = message
  const now = new Date()
  const body = JSON.stringify({
    type: `alert.${content.kind}`,
    timestamp: now.toISOString(),
    data: { ...content, title, text, alertUrl, executionsUrl },
  })
  return {
    url: settings.url,
    body,
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret.signingSecret).sign(id, now, body),
    },
  }
}

async function sendMail({ settings }: ChannelOf<'email'>, message: Message, outlets: Outlets): Promise<void> {
  const { smtpUrl, mailFrom } = outlets
  if (smtpUrl === null)
    throw new DeliveryError('no mail server is set; the operator sets EXECTRAIL_SMTP_URL', { final: true })
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: SMTP_TIMEOUT_MS,
    greetingTimeout: SMTP_TIMEOUT_MS,
    socketTimeout: SMTP_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const links = [message.executionsUrl, message.alertUrl].filter((url) => url !== null)
  try {
    await transport.sendMail({
      from: mailFrom,
      to: settings.to,
      // A line break would end the header; nodemailer folds it, and this keeps the subject one line.
      subject: message.title.replaceAll(/[\r\n]+/gu, ' '),
      text: [message.body, '', ...links].join('\n'),
      messageId: `<${message.id}@exectrail>`,
      headers: { 'Auto-Submitted': 'auto-generated', References: `<${message.content.alertId}@exectrail>` },
    })
  } catch (error) {
    const refused = error instanceof Error && 'responseCode' in error && Number(error.responseCode) >= 550
    throw new DeliveryError(messageOf(error), { final: refused })
  } finally {
    transport.close()
  }
}
