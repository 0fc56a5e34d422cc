/** The README, and beside it what is known of the version and what can be done with the agent. */
import type { ReactNode } from 'react'
import type { AgentView, VersionView } from '../../../client/index.ts'
import { StatisticsLine } from '../../components/agent-statistics.tsx'
import { Card } from '../../components/card.tsx'
import { ErrorList } from '../../components/error-list.tsx'
import { Markdown } from '../../components/markdown.tsx'
import { Answered } from '../../components/question.tsx'
import { useWindowWords } from '../../components/window-words.ts'
import { useQuestion } from '../../data/queries.ts'
import { conditionOf } from '../../search/filter.ts'
import { ChecksCard } from './checks-card.tsx'
import { FactsCard } from './facts-card.tsx'
import { ForkCard } from './fork-card.tsx'
import { InstallCard } from './install-card.tsx'
import styles from './market-agent.module.css'
import { OwnerCard } from './owner-card.tsx'
import { ReportCard } from './report-card.tsx'

export function About({ agent, version }: { agent: AgentView; version: VersionView }): ReactNode {
  return (
    <div className={styles['columns']}>
      <div className={styles['column']}>
        <Card title="Figures" note={`of ${version.version}, all who run it, 30 days`}>
          <StatisticsLine statistics={version.statistics} />
        </Card>
        <Card title="README">
          {version.definition.readme.trim() === '' ? (
            <p className={styles['quiet']}>It has no README.</p>
          ) : (
            <Markdown text={version.definition.readme} />
          )}
        </Card>
        <Errors agent={agent} version={version} />
      </div>
      <div className={styles['column']}>
        <InstallCard agent={agent} version={version} />
        <FactsCard agent={agent} version={version} />
        <ChecksCard version={version} />
        {agent.isMine && <OwnerCard agent={agent} version={version} />}
        <ForkCard agent={agent} version={version} />
        <ReportCard agent={agent} version={version} />
      </div>
    </div>
  )
}

/** Those of the executions that the reader may see. */
function Errors({ agent, version }: { agent: AgentView; version: VersionView }): ReactNode {
  const words = useWindowWords()
  const where = [
    conditionOf('codeAgentId', agent.name, '='),
    conditionOf('codeAgentVersion', version.version, '='),
  ]
  const errors = useQuestion('getErrors', { where, order: 'count', limit: 6 })
  return (
    <Card title="Errors of our executions" note={words}>
      <Answered question={errors} what="errors">
        {({ data }) => <ErrorList errors={data} none="It had no error in this window." />}
      </Answered>
    </Card>
  )
}
