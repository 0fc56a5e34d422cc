/** Channels: where notifications go. Their secrets are not shown. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProblemError } from '../../../client/index.ts'
import { formatCount } from '../../../format.ts'
import { ConfirmedButton } from '../../components/confirmed-button.tsx'
import controls from '../../components/controls.module.css'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { Answered } from '../../components/question.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { Empty } from '../../components/states.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { useMay } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import styles from './alerts.module.css'
import { hasSecret, shownSetting, type Channel } from './channel-fields.ts'
import { ChannelForm } from './channel-form.tsx'

export function Channels(): React.ReactNode {
  const { organization } = useWindow()
  const mayEdit = useMay('write')
  const [edited, setEdited] = useState<Channel | 'new' | null>(null)
  const question = useDirectQuestion('listAlertChannels', { organization })
  const end = (): void => setEdited(null)
  return (
    <div className={styles['cards']}>
      {mayEdit && edited === null && (
        <p>
          <button type="button" className={controls['button']} onClick={() => setEdited('new')}>
            New channel
          </button>
        </p>
      )}
      {edited === 'new' && <ChannelForm key="new" channel={null} onEnd={end} />}
      {edited !== null && edited !== 'new' && <ChannelForm key={edited.id} channel={edited} onEnd={end} />}
      <Answered question={question} what="the channels">
        {({ data }) =>
          data.length === 0 ? (
            <Empty
              title="There is no channel: alerts are shown only here"
              command="exectrail alert channel save operations --kind webhook --url https://hooks.example/alerts"
            />
          ) : (
            <ChannelTable channels={data} onEdit={mayEdit ? setEdited : null} />
          )
        }
      </Answered>
    </div>
  )
}

interface TableProps {
  channels: readonly Channel[]
  /** Null: the key may not change them. */
  onEdit: ((channel: Channel) => void) | null
}

function ChannelTable({ channels, onEdit }: TableProps): React.ReactNode {
  return (
    <ScrolledTable label="Channels" caption="Channels by name" className={styles['table']}>
      <TableHead
        titles={['Name', 'Kind', 'Goes to', 'Secret', 'Organization', 'Made', 'Changed by']}
        numbers={['An hour']}
        acts="Act"
      />
      <tbody>
        {channels.map((channel) => (
          <tr key={channel.id}>
            <td className="untrusted">{visible(channel.name)}</td>
            <td>{channel.kind}</td>
            <td className={`untrusted ${styles['why'] ?? ''}`}>{destinationOf(channel)}</td>
            <td>{hasSecret(channel.kind) ? <span title="never shown">••••••</span> : 'none'}</td>
            <td className="untrusted">{visible(channel.organizationId ?? 'all')}</td>
            <td>
              <Moment at={channel.createdAt} />
            </td>
            <td className="untrusted">{visible(channel.changedBy)}</td>
            <td data-align="right">{formatCount(channel.hourlyLimit)}</td>
            <td>{onEdit !== null && <Actions channel={channel} onEdit={() => onEdit(channel)} />}</td>
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}

function destinationOf(channel: Channel): string {
  return visible(shownSetting(channel, 'to') || shownSetting(channel, 'url') || 'its secret URL')
}

const DONE = { testAlertChannel: 'Took a test message', deleteAlertChannel: 'Deleted' } as const

function Actions({ channel, onEdit }: { channel: Channel; onEdit: () => void }): React.ReactNode {
  const { organization } = useWindow()
  const queries = useQueryClient()
  const name = visible(channel.name)
  const { mutate, isPending } = useMutation<Channel, ProblemError, keyof typeof DONE>({
    mutationFn: (operation) => ask(operation, { id: channel.id, organization }),
    onSuccess: (_, operation) => notify({ text: `${DONE[operation]}: ${name}`, tone: 'good' }),
    onError: ({ message }, operation) =>
      notify({ text: operation === 'testAlertChannel' ? message : `Not deleted: ${message}`, tone: 'bad' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAlertChannels'] }),
  })
  return (
    <span className={styles['buttons']}>
      <button
        type="button"
        className={controls['button']}
        aria-label={`Test ${name}`}
        disabled={isPending}
        onClick={() => mutate('testAlertChannel')}
      >
        Test
      </button>
      <button type="button" className={controls['button']} aria-label={`Change ${name}`} onClick={onEdit}>
        Change
      </button>
      <ConfirmedButton
        act="Delete"
        of={name}
        warning="What waits for it is not sent."
        confirm="Delete it"
        isPending={isPending}
        onConfirm={() => mutate('deleteAlertChannel')}
      />
    </span>
  )
}
