/** Makes a channel, or changes one; it is saved if a test message comes through. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { Operations, ProblemError } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { Form } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { ShownOnce } from '../../components/shown-once.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import {
  CHANNEL_FIELDS,
  CHANNEL_KINDS,
  isChannelKind,
  readChannel,
  shownSetting,
  type Channel,
  type ChannelInput,
  type ChannelKind,
} from './channel-fields.ts'

type Saved = Operations['saveAlertChannel']['reply']
const HOURLY_LIMIT = 60

interface ChannelFormProps {
  /** Null: a new one. */
  channel: Channel | null
  onEnd: () => void
}

export function ChannelForm({ channel, onEnd }: ChannelFormProps): ReactNode {
  const first = channel !== null && isChannelKind(channel.kind) ? channel.kind : 'webhook'
  const [kind, setKind] = useState<ChannelKind>(first)
  const { mutate, data, error, isPending } = useSaveChannel(onEnd)
  const title = channel === null ? 'New channel' : `Change ${visible(channel.name)}`
  return (
    <Card title={title} note="saved if a test message comes through">
      {data?.signingSecret === undefined ? (
        <Form
          label={title}
          submit={isPending ? 'Sending a test …' : 'Test and save'}
          onSubmit={(given) => mutate(readChannel(given, kind, channel))}
          onCancel={onEnd}
          fault={error?.message ?? null}
          isPending={isPending}
        >
          {channel === null && (
            <>
              <NamedField label="Name" name="name" required maxLength={100} placeholder="operations" />
              <Choices
                label="Kind"
                value={kind}
                names={CHANNEL_KINDS}
                nameOf={(name) => name}
                onChange={setKind}
              />
            </>
          )}
          <Fields key={kind} kind={kind} channel={channel} />
        </Form>
      ) : (
        <ShownOnce name={data.name} secret={data.signingSecret} onEnd={onEnd} />
      )}
    </Card>
  )
}

function Fields({ kind, channel }: { kind: ChannelKind; channel: Channel | null }): ReactNode {
  return (
    <>
      {CHANNEL_FIELDS[kind].map(({ part, name, label, placeholder, need }) => (
        <NamedField
          key={`${part} ${name}`}
          label={label}
          name={name}
          type={part === 'secret' ? 'password' : 'text'}
          maxLength={2000}
          required={need === 'required' && (part === 'settings' || channel === null)}
          placeholder={part === 'secret' && channel !== null ? 'empty: as it was' : placeholder}
          defaultValue={part === 'secret' || channel === null ? undefined : shownSetting(channel, name)}
        />
      ))}
      <NamedField
        label="Notifications an hour, at most"
        name="hourlyLimit"
        inputMode="numeric"
        defaultValue={String(channel?.hourlyLimit ?? HOURLY_LIMIT)}
      />
    </>
  )
}

/** Stays open where a secret was made, which is shown this once. */
function useSaveChannel(onEnd: () => void) {
  const { organization } = useWindow()
  const queries = useQueryClient()
  return useMutation<Saved, ProblemError, ChannelInput>({
    mutationFn: (input) => ask('saveAlertChannel', { ...input, organization }),
    // The secret is nowhere but on this page.
    gcTime: 0,
    onSuccess: ({ name, signingSecret }) => {
      notify({ text: `Took a test message and is saved: ${visible(name)}`, tone: 'good' })
      if (signingSecret === undefined) onEnd()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAlertChannels'] }),
  })
}
