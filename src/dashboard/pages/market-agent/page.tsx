/** A code agent: what it does, a form to try it, its versions and their figures, its code. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AgentView, VersionView } from '../../../client/index.ts'
import { AgentStanding } from '../../components/agent-badges.tsx'
import controls from '../../components/controls.module.css'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { agentAddress } from '../../search/agent-address.ts'
import { usePageParams, usePageSearch } from '../../search/page-address.ts'
import { useWindow } from '../../search/window.ts'
import { About } from './about.tsx'
import { CodeTab } from './code-tab.tsx'
import { checksOf } from './checks.ts'
import styles from './market-agent.module.css'
import { TryIt } from './try-it.tsx'
import { VersionChoice } from './version-choice.tsx'
import { VersionsTab } from './versions-tab.tsx'

const TABS = [
  { value: 'about', title: 'About' },
  { value: 'try', title: 'Try it' },
  { value: 'versions', title: 'Versions' },
  { value: 'code', title: 'Code' },
] as const

export function Page(): ReactNode {
  const { namespace = '', name = '' } = usePageParams()
  const { organization } = useWindow()
  const question = useDirectQuestion('getAgent', { namespace, name, organization })
  return (
    <>
      <PageHeader title={`${namespace}/${name}`}>
        <Link to="/marketplace" className={controls['button']}>
          All agents
        </Link>
        <Link {...agentAddress(`${namespace}/${name}`)} className={controls['button']}>
          Our executions of it
        </Link>
      </PageHeader>
      <Answered question={question} what="the agent">
        {(agent) => <Agent agent={agent} />}
      </Answered>
    </>
  )
}

function Agent({ agent }: { agent: AgentView }): ReactNode {
  const { version: asked } = usePageSearch()
  const shown = agent.versions.find(({ version }) => version === asked)?.version ?? agent.version
  const [namespace = '', name = ''] = agent.name.split('/')
  const { organization } = useWindow()
  const question = useDirectQuestion('getAgentVersion', { namespace, name, version: shown, organization })
  return (
    <div className={styles['page']}>
      <p className={`untrusted ${styles['lead'] ?? ''}`}>{visible(agent.description)}</p>
      <Answered question={question} what="the version">
        {(version) => <Version agent={agent} version={version} />}
      </Answered>
    </div>
  )
}

function Version({ agent, version }: { agent: AgentView; version: VersionView }): ReactNode {
  const { show } = usePageSearch()
  const tab = TABS.find(({ value }) => value === show)?.value ?? 'about'
  return (
    <div className={styles['version']}>
      <div className={styles['standing']}>
        <VersionChoice agent={agent} shown={version.version} />
        <AgentStanding
          version={version}
          visibility={agent.visibility}
          isChecked={checksOf(version)?.isPassed === true}
        />
      </div>
      <Warnings version={version} />
      <Tabs label="Part" name="show" tabs={TABS} shown={tab} />
      {tab === 'about' && <About agent={agent} version={version} />}
      {tab === 'try' && <TryIt key={version.version} agent={agent} version={version} />}
      {tab === 'versions' && <VersionsTab agent={agent} />}
      {tab === 'code' && <CodeTab version={version} />}
    </div>
  )
}

function Warnings({ version }: { version: VersionView }): ReactNode {
  const { review, reviewReason, warnings } = version
  const refused = review === 'refused' ? [`refused by the review: ${reviewReason ?? 'without a reason'}`] : []
  const waits =
    review === 'pending' ? ['Other organizations see it once an administrator has approved it.'] : []
  const all = [...warnings, ...refused, ...waits]
  if (all.length === 0) return null
  return (
    <ul className={styles['warnings']} aria-label="To know">
      {all.map((text) => (
        <li key={text} className="untrusted">
          {visible(text)}
        </li>
      ))}
    </ul>
  )
}
