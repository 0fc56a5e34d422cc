/** Signs what is published with a key of the reader's machine, or says which commands do it there. */
import { Link } from '@tanstack/react-router'
import { useId, useState, type ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { CodeToCopy } from '../../components/code-to-copy.tsx'
import controls from '../../components/controls.module.css'
import { useDirectQuestion } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import { readKeyFile, whyNoSigning, type BrowserKey } from './browser-signature.ts'
import type { PublishDraft } from './draft.ts'
import styles from './publish.module.css'

interface SignatureCardProps {
  draft: PublishDraft
  signingKey: BrowserKey | null
  onKey: (key: BrowserKey | null) => void
}

export function SignatureCard({ draft, signingKey, onKey }: SignatureCardProps): ReactNode {
  const impossible = whyNoSigning()
  return (
    <Card title="Signature" note="optional; proves who published it, and that it is unchanged">
      {impossible === null ? (
        <KeyFile signingKey={signingKey} onKey={onKey} />
      ) : (
        <>
          <p>{impossible}. These commands sign and publish it:</p>
          {commandsFor(draft).map((command) => (
            <CodeToCopy key={command} text={command} />
          ))}
        </>
      )}
    </Card>
  )
}

function KeyFile({ signingKey, onKey }: Pick<SignatureCardProps, 'signingKey' | 'onKey'>): ReactNode {
  const [fault, setFault] = useState<string | null>(null)
  const about = useId()
  const read = async (file: File | undefined): Promise<void> => {
    onKey(null)
    setFault(null)
    if (file === undefined) return
    try {
      onKey(await readKeyFile(file))
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <>
      <label className={styles['key']}>
        Key file
        <input
          type="file"
          className={controls['input']}
          accept=".pem,.key"
          aria-describedby={about}
          onChange={({ target }) => void read(target.files?.[0])}
        />
      </label>
      <p id={about} className={styles['quiet']}>
        The browser reads it, signs and forgets it: the private key is not sent. Without a file the version is
        not signed, and cannot be signed later.
      </p>
      {fault !== null && (
        <p role="alert" className={styles['fault']}>
          {fault}.
        </p>
      )}
      {signingKey !== null && <Registered keyId={signingKey.keyId} />}
    </>
  )
}

/** Whether the service will take a signature by the key. */
function Registered({ keyId }: { keyId: string }): ReactNode {
  const { organization } = useWindow()
  const { data } = useDirectQuestion('listSigningKeys', { organization })
  if (data === undefined) return null
  const known = data.data.find(({ id }) => id === keyId)
  if (known !== undefined && known.revokedAt === null)
    return (
      <output className={`untrusted ${styles['signer'] ?? ''}`}>
        Signs with the key <b>{visible(known.name)}</b> of {visible(known.organizationId)}.
      </output>
    )
  return (
    <p role="alert" className={styles['fault']}>
      {known === undefined
        ? 'Your organization has not registered this key: an administrator does so under '
        : 'This key was revoked: choose another, which an administrator registers under '}
      <Link to="/marketplace" search={{ show: 'keys' }}>
        Signing keys
      </Link>
      .
    </p>
  )
}

/** A name that is not typed yet stands as it is in the docs. */
function commandsFor({ name, language }: PublishDraft): string[] {
  const [namespace = '', own = ''] = /^[a-z0-9-]+\/[a-z0-9-]+$/u.test(name.trim())
    ? name.trim().split('/')
    : ['acme', 'summer']
  return [
    `exectrail agent init ${namespace}/${own} ${own} --language ${language}`,
    'exectrail agent keys new release.pem',
    `exectrail agent publish ${own} --sign release.pem`,
  ]
}
