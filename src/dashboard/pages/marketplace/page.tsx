/** The marketplace: code agents to find and install, what the organization owns, and what waits for a decision. */
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import controls from '../../components/controls.module.css'
import { PageHeader } from '../../components/page-header.tsx'
import { Empty } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { decidesForAll, useMay, useSession, whyNot } from '../../data/session.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { Browse } from './browse.tsx'
import { Installed } from './installed.tsx'
import { Namespaces } from './namespaces.tsx'
import { Reports } from './reports.tsx'
import { Reviews } from './reviews.tsx'
import { SigningKeys } from './signing-keys.tsx'

const TABS = [
  { value: 'browse', title: 'Browse', Part: Browse },
  { value: 'installed', title: 'Installed', Part: Installed },
  { value: 'namespaces', title: 'Namespaces', Part: Namespaces },
  { value: 'keys', title: 'Signing keys', Part: SigningKeys },
  { value: 'reports', title: 'Reports', Part: Reports },
] as const
const REVIEWS = { value: 'reviews', title: 'Reviews', Part: Reviews } as const

export function Page(): ReactNode {
  const { show } = usePageSearch()
  const session = useSession()
  const mayPublish = useMay('write')
  const refused = whyNot(session, 'read', 'The marketplace')
  const isAdministrator = decidesForAll(session)
  const tabs = isAdministrator ? [...TABS, REVIEWS] : TABS
  const { value: shown, Part } = tabs.find(({ value }) => value === show) ?? TABS[0]
  return (
    <>
      <PageHeader title="Marketplace">
        {mayPublish && (
          <Link to="/marketplace/publish" className={controls['button']}>
            <Plus size={14} aria-hidden="true" />
            Publish an agent
          </Link>
        )}
      </PageHeader>
      <Tabs label="Part" name="show" tabs={tabs} shown={shown} />
      {refused === null ? <Part /> : <Empty title={refused} command="exectrail up" />}
    </>
  )
}
