/** API keys: list, make, revoke. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ApiKeyView, ProblemError } from '../../../client/index.ts'
import { ConfirmedButton } from '../../components/confirmed-button.tsx'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { Answered } from '../../components/question.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { Empty } from '../../components/states.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { useSession, whyNot } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import { NewKey } from './new-key.tsx'
import { State } from './runtimes.tsx'
import styles from './settings.module.css'

export function Keys(): React.ReactNode {
  const session = useSession()
  const refused = whyNot(session, 'admin', 'Managing keys')
  const state = session === undefined || refused !== null ? 'paused' : 'active'
  const question = useDirectQuestion('listKeys', { revoked: 'with' }, { state })
  if (refused !== null) return <Empty title={refused} command="exectrail key create --scope admin" />
  return (
    <>
      <NewKey />
      <Answered question={question} what="the keys">
        {({ data }) => <KeyTable keys={data} own={session?.key.id} />}
      </Answered>
    </>
  )
}

function KeyTable({ keys, own }: { keys: readonly ApiKeyView[]; own: string | undefined }): React.ReactNode {
  return (
    <ScrolledTable label="Keys" caption="API keys" className={styles['lines']}>
      <TableHead
        titles={['Name', 'State', 'Scopes', 'Organization', 'Made', 'Expires', 'Last used']}
        acts="Revoke"
      />
      <tbody>
        {keys.map((key) => (
          <Row key={key.id} apiKey={key} isOwn={key.id === own} />
        ))}
      </tbody>
    </ScrolledTable>
  )
}

function Row({ apiKey, isOwn }: { apiKey: ApiKeyView; isOwn: boolean }): React.ReactNode {
  const { id, name, state, scopes, organizationId, workspaceId, createdAt, expiresAt, lastUsedAt } = apiKey
  const where =
    organizationId === null
      ? 'all'
      : [organizationId, workspaceId].filter((part) => part !== null).join(' / ')
  return (
    <tr>
      <td className="untrusted">
        {visible(name)}
        {isOwn && ' (yours)'}
      </td>
      <td>
        <State ready={state === 'active'} yes={state} no={state} />
      </td>
      <td>{scopes.join(', ')}</td>
      <td className="untrusted">{visible(where)}</td>
      <td>
        <Moment at={createdAt} />
      </td>
      <td>{expiresAt === null ? 'never' : <Moment at={expiresAt} />}</td>
      <td>{lastUsedAt === null ? 'never' : <Moment at={lastUsedAt} />}</td>
      <td>{state === 'active' && <Revoke id={id} name={visible(name)} />}</td>
    </tr>
  )
}

function Revoke({ id, name }: { id: string; name: string }): React.ReactNode {
  const queries = useQueryClient()
  const { mutate, isPending } = useMutation<ApiKeyView, ProblemError>({
    mutationFn: () => ask('revokeKey', { id }),
    onSuccess: () => notify({ text: `Revoked: ${name}`, tone: 'good' }),
    onError: ({ message }) => notify({ text: `Not revoked: ${message}`, tone: 'bad' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listKeys'] }),
  })
  return (
    <ConfirmedButton
      act="Revoke"
      of={name}
      warning="Programs that use it stop at once."
      confirm="Revoke for ever"
      isPending={isPending}
      onConfirm={() => mutate()}
    />
  )
}
