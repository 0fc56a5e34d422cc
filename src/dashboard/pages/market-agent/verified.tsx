/** Who signed a version, from where it comes, and what of that was verified, in words. */
import { CircleAlert, CircleCheck, CircleHelp } from 'lucide-react'
import type { ReactNode } from 'react'
import type { VersionView } from '../../../client/index.ts'
import { safeLink } from '../../components/markdown-text.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './market-agent.module.css'

const ICONS = { good: CircleCheck, bad: CircleAlert, unknown: CircleHelp } as const

interface StatementProps {
  tone: keyof typeof ICONS
  children: ReactNode
}

export function Verified({ version }: { version: VersionView }): ReactNode {
  return (
    <ul className={styles['verified']} aria-label="What is verified">
      <Signature version={version} />
      <Source version={version} />
      <Review version={version} />
    </ul>
  )
}

function Statement({ tone, children }: StatementProps): ReactNode {
  const Icon = ICONS[tone]
  return (
    <li data-tone={tone}>
      <Icon size={15} aria-hidden="true" />
      <span className="untrusted">{children}</span>
    </li>
  )
}

function Signature({ version: { signer, publisherId } }: { version: VersionView }): ReactNode {
  if (signer === null)
    return (
      <Statement tone="unknown">
        Not signed. That it comes from {visible(publisherOf(publisherId))} rests on the key that published it.
      </Statement>
    )
  const { keyId, keyName, issue } = signer
  if (issue !== null)
    return (
      <Statement tone="bad">
        Its signature does not hold: {issue}. Ask {visible(publisherOf(publisherId))} for a version that is
        signed anew.
      </Statement>
    )
  return (
    <Statement tone="good">
      Signed by {visible(publisherOf(publisherId))} with its key{' '}
      {keyName === null ? null : <b>{visible(keyName)} </b>}
      <code title={keyId ?? ''}>{keyId?.slice(0, 12)}…</code>. The signature was verified just now: name,
      version and content are those that were signed.
    </Statement>
  )
}

function publisherOf(publisherId: string): string {
  return publisherId === '' ? 'exectrail' : publisherId
}

function Source({ version: { definition, signer } }: { version: VersionView }): ReactNode {
  const { source } = definition
  if (source === undefined)
    return <Statement tone="unknown">It does not say from which commit it is.</Statement>
  const href = safeLink(source.repository)
  const isSigned = signer !== null && signer.issue === null
  return (
    <Statement tone="unknown">
      {isSigned ? 'The signer says' : 'Its publisher says'} that it is of the commit{' '}
      <code>{visible(source.commit)}</code> of{' '}
      {href === null ? (
        visible(source.repository)
      ) : (
        <a href={href} target="_blank" rel="noreferrer nofollow ugc">
          {visible(source.repository)}
        </a>
      )}
      . The two were not compared.
    </Statement>
  )
}

function Review({ version: { review } }: { version: VersionView }): ReactNode {
  if (review === 'approved')
    return <Statement tone="good">An administrator of this installation approved it for everyone.</Statement>
  if (review === 'refused')
    return <Statement tone="bad">An administrator of this installation refused it.</Statement>
  return (
    <Statement tone="unknown">
      {review === 'pending' ? 'It waits for the review of an administrator.' : 'It was not reviewed.'}
    </Statement>
  )
}
