/** What this installation is and does: the way of the records, runtimes, keys, retention, changes. */
import controls from '../../components/controls.module.css'
import { PageHeader } from '../../components/page-header.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useSession } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import { Audit } from './audit.tsx'
import { Keys } from './keys.tsx'
import { Pipeline } from './pipeline.tsx'
import { Retention } from './retention.tsx'
import { Runtimes } from './runtimes.tsx'
import styles from './settings.module.css'
import { usePageSearch } from '../../search/page-address.ts'

const PARTS = [
  { value: 'pipeline', title: 'Pipeline', Part: Pipeline },
  { value: 'runtimes', title: 'Runtimes', Part: Runtimes },
  { value: 'keys', title: 'Keys', Part: Keys },
  { value: 'audit', title: 'Changes', Part: Audit },
  { value: 'retention', title: 'Retention', Part: Retention },
] as const

export function Page(): React.ReactNode {
  const { part } = usePageSearch()
  const { value, Part } = PARTS.find((one) => one.value === part) ?? PARTS[0]
  return (
    <>
      <PageHeader title="Settings">
        <SignedIn />
      </PageHeader>
      <Tabs label="Part" name="part" tabs={PARTS} shown={value} />
      <Part />
    </>
  )
}

/** Whose key the browser has, and the way to be without it. */
function SignedIn(): React.ReactNode {
  const session = useSession()
  if (session === undefined) return null
  const { name, scopes, organizationId, workspaceId } = session.key
  const where =
    organizationId === null ? 'every organization' : [organizationId, workspaceId].filter(Boolean).join(' / ')
  return (
    <>
      <span className={`untrusted ${styles['who'] ?? ''}`}>
        Signed in as <b>{visible(name)}</b> ({scopes.join(', ')}; {visible(where)}), exectrail{' '}
        {session.version}
      </span>
      <button type="button" className={controls['button']} onClick={() => void signOut()}>
        Sign out
      </button>
    </>
  )
}

async function signOut(): Promise<void> {
  await fetch('/sign-out', { method: 'POST' })
  window.location.assign('/')
}
