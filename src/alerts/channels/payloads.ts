/** Messages as the services of others take them. Nothing of a message is markup there. */
import type { Severity } from '../conditions.ts'
import type { ChannelOf } from './channel.ts'
import type { Post } from './http-post.ts'
import type { Message } from './message.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }

/** Colours of the severity, and of the end. */
const COLOURS: Readonly<Record<Severity | 'resolved', number>> = {
  warning: 0xb26a00,
  critical: 0xc62828,
  resolved: 0x2e7d32,
}

function colourOf({ content }: Message): number {
  return COLOURS[content.kind === 'resolved' ? 'resolved' : content.severity]
}

function linksOf({ executionsUrl, alertUrl }: Message): { title: string; url: string }[] {
  const links = [
    { title: 'Executions', url: executionsUrl },
    { title: 'Alert', url: alertUrl },
  ]
  return links.flatMap(({ title, url }) => (url === null ? [] : [{ title, url }]))
}

function json(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Post {
  return { url, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) }
}

/** Only these three have a meaning in texts of Slack. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_~|<>[\]]/gu, String.raw`\$&`)
}

/** An incoming webhook of Slack. */
export function slackPost({ secret }: ChannelOf<'slack'>, message: Message): Post {
  const links = linksOf(message).map(({ title, url }) => `<${url}|${title}>`)
  return json(secret.url, {
    text: escapeSlack(message.title),
    attachments: [
      {
        color: `#${colourOf(message).toString(16).padStart(6, '0')}`,
        mrkdwn_in: [],
        text: [escapeSlack(message.body), ...links].join('\n'),
      },
    ],
  })
}

/** A workflow of Microsoft Teams that posts an Adaptive Card. */
export function teamsPost({ secret }: ChannelOf<'teams'>, message: Message): Post {
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', weight: 'Bolder', wrap: true, text: escapeMarkdown(message.title) },
      { type: 'TextBlock', wrap: true, text: escapeMarkdown(message.body) },
    ],
    actions: linksOf(message).map(({ title, url }) => ({ type: 'Action.OpenUrl', title, url })),
  }
  return json(secret.url, {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card },
    ],
  })
}

const DISCORD_TITLE_MAX = 256
const DISCORD_TEXT_MAX = 4_096

/** A webhook of Discord; it mentions no one. */
export function discordPost({ secret }: ChannelOf<'discord'>, message: Message): Post {
  const links = linksOf(message).map(({ title, url }) => `[${title}](${url})`)
  return json(secret.url, {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: escapeMarkdown(message.title).slice(0, DISCORD_TITLE_MAX),
        description: [escapeMarkdown(message.body), ...links].join('\n').slice(0, DISCORD_TEXT_MAX),
        color: colourOf(message),
        timestamp: message.content.window.to,
      },
    ],
  })
}

const SUMMARY_MAX = 1_024

/** The Events API v2 of PagerDuty. Its incident is the alert: the same key at each attempt and at the end. */
export function pagerDutyPost({ settings, secret }: ChannelOf<'pagerduty'>, message: Message): Post {
  const { content, title, body } = message
  const links = linksOf(message).map(({ title: text, url: href }) => ({ text, href }))
  return json(settings.url, {
    routing_key: secret.routingKey,
    event_action: content.kind === 'resolved' ? 'resolve' : 'trigger',
    dedup_key: content.alertId,
    payload: {
      summary: title.slice(0, SUMMARY_MAX),
      source: content.organizationId ?? 'exectrail',
      severity: content.severity,
      timestamp: content.window.to,
      custom_details: { body, rule: content.ruleName, value: content.value, ...content.group },
    },
    links,
  })
}

/** The Alert API of Opsgenie; the alert's id is its alias. */
export function opsgeniePost({ settings, secret }: ChannelOf<'opsgenie'>, message: Message): Post {
  const { content, title, body } = message
  const headers = { Authorization: `GenieKey ${secret.apiKey}` }
  const base = settings.url.replace(/\/+$/u, '')
  if (content.kind === 'resolved') {
    const alias = encodeURIComponent(content.alertId)
    return json(
      `${base}/v2/alerts/${alias}/close?identifierType=alias`,
      { source: 'exectrail', note: body },
      headers,
    )
  }
  const details = Object.fromEntries(
    [...Object.entries(content.group), ['executions', message.executionsUrl]].map(([name, value]) => [
      name,
      value ?? '',
    ]),
  )
  return json(
    `${base}/v2/alerts`,
    {
      message: title.slice(0, 130),
      alias: content.alertId,
      description: body.slice(0, 15_000),
      priority: content.severity === 'critical' ? 'P1' : 'P3',
      source: 'exectrail',
      details,
    },
    headers,
  )
}
