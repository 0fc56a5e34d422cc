/** What each kind of channel is made of, as the form asks for it. */
import type { Operations } from '../../../client/index.ts'
import { listOf, textOf } from '../../components/form.tsx'

export type Channel = Operations['listAlertChannels']['reply']['data'][number]
export type ChannelInput = Operations['saveAlertChannel']['input']
export type ChannelKind = ChannelInput['kind']

interface ChannelField {
  /** In the settings, which are shown, or in the secret, which is not. */
  part: 'settings' | 'secret'
  name: string
  label: string
  placeholder?: string
  need: 'required' | 'optional'
}

const SECRET_URL: ChannelField = {
  part: 'secret',
  name: 'url',
  label: 'URL of the incoming webhook',
  need: 'required',
}
const EVENTS_URL: ChannelField = {
  part: 'settings',
  name: 'url',
  label: 'URL',
  placeholder: "empty: the service's own",
  need: 'optional',
}

export const CHANNEL_FIELDS: Readonly<Record<ChannelKind, readonly ChannelField[]>> = {
  webhook: [
    {
      part: 'settings',
      name: 'url',
      label: 'URL',
      placeholder: 'https://hooks.example/alerts',
      need: 'required',
    },
    {
      part: 'secret',
      name: 'signingSecret',
      label: 'Signing secret',
      placeholder: 'empty: one is made',
      need: 'optional',
    },
  ],
  slack: [SECRET_URL],
  teams: [SECRET_URL],
  discord: [SECRET_URL],
  pagerduty: [{ part: 'secret', name: 'routingKey', label: 'Routing key', need: 'required' }, EVENTS_URL],
  opsgenie: [{ part: 'secret', name: 'apiKey', label: 'API key', need: 'required' }, EVENTS_URL],
  email: [
    {
      part: 'settings',
      name: 'to',
      label: 'To, with commas',
      placeholder: 'ada@example.com',
      need: 'required',
    },
  ],
}
export const CHANNEL_KINDS = Object.keys(CHANNEL_FIELDS).filter(isChannelKind)

export function isChannelKind(kind: string): kind is ChannelKind {
  return Object.hasOwn(CHANNEL_FIELDS, kind)
}

/** A setting as its field shows it. */
export function shownSetting({ settings }: Pick<Channel, 'settings'>, name: string): string {
  const value = settings[name]
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : ''
}

export function hasSecret(kind: string): boolean {
  return isChannelKind(kind) && CHANNEL_FIELDS[kind].some(({ part }) => part === 'secret')
}

/** The channel of a form. Settings without a field of their own, such as templates, stay as they were. */
export function readChannel(given: FormData, kind: ChannelKind, before: Channel | null): ChannelInput {
  const partOf = (wanted: ChannelField['part']): Record<string, unknown> =>
    Object.fromEntries(
      CHANNEL_FIELDS[kind].flatMap(({ part, name }) => {
        const text = textOf(given, name)
        return part !== wanted || text === '' ? [] : [[name, name === 'to' ? listOf(text) : text]]
      }),
    )
  const { title, body } = before?.settings ?? {}
  const secret = partOf('secret')
  return {
    name: before?.name ?? textOf(given, 'name'),
    kind,
    settings: { title, body, ...partOf('settings') },
    ...(Object.keys(secret).length === 0 ? {} : { secret }),
    hourlyLimit: Number(textOf(given, 'hourlyLimit')),
  }
}
