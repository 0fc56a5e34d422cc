/** Public keys of the organization, which signatures of versions are verified with: list, register, revoke. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Ban, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ProblemError, SigningKey } from '../../../client/index.ts'
import { Badge } from '../../components/agent-badges.tsx'
import { ConfirmedButton } from '../../components/confirmed-button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { Answered } from '../../components/question.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { Empty } from '../../components/states.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { marketAddress } from '../../search/market-address.ts'
import { useWindow } from '../../search/window.ts'
import styles from './marketplace.module.css'
import { NewSigningKey } from './new-signing-key.tsx'
import { useOwner } from './owner.ts'

export function SigningKeys(): ReactNode {
  const { organization } = useWindow()
  const { refused } = useOwner('Registering a key')
  const question = useDirectQuestion('listSigningKeys', { organization })
  return (
    <div className={styles['browse']}>
      <p className={styles['about']}>
        Who publishes signs a version with a private key that never leaves their machine. The public part is
        registered here; with it everyone verifies who published a version, and that it is unchanged since.
      </p>
      {refused === null ? <NewSigningKey /> : <p className={styles['quiet']}>{refused}.</p>}
      <Answered question={question} what="the signing keys">
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No signing key yet" command="exectrail agent keys new release.pem">
              <p>This makes a key: the private part in the file, the public part printed, to paste above.</p>
            </Empty>
          ) : (
            <KeyTable keys={data} mayRevoke={refused === null} />
          )
        }
      </Answered>
    </div>
  )
}

interface KeyTableProps {
  keys: readonly SigningKey[]
  mayRevoke: boolean
}

function KeyTable({ keys, mayRevoke }: KeyTableProps): ReactNode {
  return (
    <ScrolledTable label="Signing keys" className={styles['keys']}>
      <TableHead titles={['Name', 'State', 'Registered', 'Signed', 'Of', 'Id']} acts="Act" />
      <tbody>
        {keys.map((key) => (
          <Row key={`${key.organizationId} ${key.id}`} signingKey={key} mayRevoke={mayRevoke} />
        ))}
      </tbody>
    </ScrolledTable>
  )
}

function Row({ signingKey, mayRevoke }: { signingKey: SigningKey; mayRevoke: boolean }): ReactNode {
  const { id, name, organizationId, createdAt, createdBy, revokedAt } = signingKey
  return (
    <tr>
      <th scope="row" className="untrusted">
        {visible(name)}
      </th>
      <td>
        <State signingKey={signingKey} />
      </td>
      <td className="untrusted">
        <Moment at={createdAt} /> by {visible(createdBy)}
      </td>
      <td>
        <Signed signingKey={signingKey} />
      </td>
      <td className="untrusted">{visible(organizationId)}</td>
      <td>
        <code title={id}>{id.slice(0, 12)}…</code>{' '}
        <CopyButton text={id} what={`the id of ${visible(name)}`} />
      </td>
      <td>{mayRevoke && revokedAt === null && <Revoke signingKey={signingKey} />}</td>
    </tr>
  )
}

function State({ signingKey: { revokedAt, revokedBy } }: { signingKey: SigningKey }): ReactNode {
  if (revokedAt === null)
    return (
      <Badge icon={ShieldCheck} tone="good" title="Signatures by this key hold">
        valid
      </Badge>
    )
  return (
    <>
      <Badge icon={Ban} tone="bad" title="Signatures by this key no longer hold">
        revoked
      </Badge>
      <p className={`untrusted ${styles['quiet'] ?? ''}`}>
        <Moment at={revokedAt} />
        {revokedBy !== null && ` by ${visible(revokedBy)}`}
      </p>
    </>
  )
}

function Signed({ signingKey: { name, signed, revokedAt } }: { signingKey: SigningKey }): ReactNode {
  if (signed.length === 0)
    return <span className={styles['quiet']}>{revokedAt === null ? 'nothing yet' : 'nothing'}</span>
  return (
    <ul className={styles['signed']} aria-label={`Signed by ${visible(name)}`}>
      {signed.map(({ name: agent, version }) => (
        <li key={`${agent}@${version}`}>
          <Link {...marketAddress(agent)} search={{ version }} className="untrusted">
            {agent}@{version}
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Revoke({ signingKey: { id, name, organizationId, signed } }: { signingKey: SigningKey }): ReactNode {
  const queries = useQueryClient()
  const { mutate, isPending } = useMutation<SigningKey, ProblemError>({
    mutationFn: () => ask('revokeSigningKey', { id, organization: organizationId }),
    onSuccess: () => notify({ text: `Revoked: ${visible(name)}`, tone: 'good' }),
    onError: ({ message }) => notify({ text: `Not revoked: ${message}`, tone: 'bad' }),
    onSettled: () =>
      Promise.all(
        ['listSigningKeys', 'getAgent', 'getAgentVersion', 'searchAgents'].map((question) =>
          queries.invalidateQueries({ queryKey: [question] }),
        ),
      ),
  })
  const what = signed.length === 0 ? 'It signed nothing.' : 'The versions it signed count as not signed.'
  return (
    <ConfirmedButton
      act="Revoke"
      of={visible(name)}
      warning={`${what} It does not come back.`}
      confirm="Revoke for ever"
      isPending={isPending}
      onConfirm={() => mutate()}
    />
  )
}
