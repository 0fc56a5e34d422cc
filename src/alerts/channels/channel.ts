/** Kinds of channels: what of their settings is shown, and what is secret. */
import { z } from 'zod'

const url = z
  .string('a URL')
  .max(2_000)
  .refine(isHttpUrl, 'write a URL such as https://hooks.example/alerts, without a user')
const secretUrl = z.strictObject({ url })

const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/u

/** Texts with names such as {{ruleName}}; see `TEMPLATE_NAMES`. */
const template = {
  title: z.string().min(1).max(500).optional().describe('Template of the first line'),
  body: z.string().min(1).max(4_000).optional().describe('Template of the text'),
}
const plain = z.strictObject(template)

/** Of each kind: the settings, which are shown, and the secret, which never is. */
export const CHANNELS = {
  webhook: {
    settings: z.strictObject({ ...template, url }),
    secret: z.strictObject({
      signingSecret: z
        .string()
        .regex(WEBHOOK_SECRET, 'write whsec_ and base64 of 24 to 64 bytes, as Standard Webhooks has it'),
    }),
  },
  slack: { settings: plain, secret: secretUrl },
  teams: { settings: plain, secret: secretUrl },
  discord: { settings: plain, secret: secretUrl },
  pagerduty: {
    settings: z.strictObject({ ...template, url: url.default('https://events.pagerduty.com/v2/enqueue') }),
    secret: z.strictObject({ routingKey: z.string().min(8).max(200) }),
  },
  opsgenie: {
    settings: z.strictObject({ ...template, url: url.default('https://api.opsgenie.com') }),
    secret: z.strictObject({ apiKey: z.string().min(8).max(200) }),
  },
  email: {
    settings: z.strictObject({
      ...template,
      to: z.array(z.email('an address such as ada@example.com')).min(1).max(20),
    }),
    secret: z.strictObject({}),
  },
} as const
export type ChannelKind = keyof typeof CHANNELS
export const CHANNEL_KINDS = [
  'webhook',
  'slack',
  'teams',
  'discord',
  'pagerduty',
  'opsgenie',
  'email',
] as const satisfies readonly ChannelKind[]

type Settings<Kind extends ChannelKind> = z.output<(typeof CHANNELS)[Kind]['settings']>
type Secret<Kind extends ChannelKind> = z.output<(typeof CHANNELS)[Kind]['secret']>

/** A channel with its secret, ready to send. */
export type Channel = {
  [Kind in ChannelKind]: { kind: Kind; name: string; settings: Settings<Kind>; secret: Secret<Kind> }
}[ChannelKind]
export type ChannelOf<Kind extends ChannelKind> = Extract<Channel, { kind: Kind }>

const channelSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), name: z.string(), ...CHANNELS.webhook }),
  z.strictObject({ kind: z.literal('slack'), name: z.string(), ...CHANNELS.slack }),
  z.strictObject({ kind: z.literal('teams'), name: z.string(), ...CHANNELS.teams }),
  z.strictObject({ kind: z.literal('discord'), name: z.string(), ...CHANNELS.discord }),
  z.strictObject({ kind: z.literal('pagerduty'), name: z.string(), ...CHANNELS.pagerduty }),
  z.strictObject({ kind: z.literal('opsgenie'), name: z.string(), ...CHANNELS.opsgenie }),
  z.strictObject({ kind: z.literal('email'), name: z.string(), ...CHANNELS.email }),
])

/** A channel from its parts. @throws {z.ZodError} for parts that this release does not know */
export function toChannel(parts: {
  kind: string
  name: string
  settings: unknown
  secret: unknown
}): Channel {
  return channelSchema.parse(parts)
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === ''
}
