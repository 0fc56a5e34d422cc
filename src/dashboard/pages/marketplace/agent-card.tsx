/** One code agent in a list. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AgentSummary } from '../../../client/index.ts'
import { AgentBadges } from '../../components/agent-badges.tsx'
import { StatisticsLine } from '../../components/agent-statistics.tsx'
import { Moment } from '../../components/moment.tsx'
import { visible } from '../../format/visible-text.ts'
import { marketAddress } from '../../search/market-address.ts'
import styles from './marketplace.module.css'

interface AgentCardProps {
  agent: AgentSummary
  onTopic: (topic: string) => void
}

export function AgentCard({ agent, onTopic }: AgentCardProps): ReactNode {
  const { name, version, description, language, runtimes, topics, updatedAt, statistics } = agent
  return (
    <li className={styles['agent']}>
      <header>
        <h2>
          <Link {...marketAddress(name)} className="untrusted">
            {name}
          </Link>
        </h2>
        <span className={styles['quiet']}>{version}</span>
        <AgentBadges agent={agent} />
      </header>
      <p className="untrusted">{visible(description)}</p>
      {agent.status !== 'active' && (
        <p className={`untrusted ${styles['warning'] ?? ''}`}>
          {agent.status}: {visible(agent.statusReason ?? 'its owner gives no reason')}
        </p>
      )}
      <p className={styles['quiet']}>
        {language} on {runtimes.join(', ')} · updated <Moment at={updatedAt} />
      </p>
      {topics.length > 0 && <Topics agent={agent} onTopic={onTopic} />}
      <StatisticsLine statistics={statistics} />
    </li>
  )
}

function Topics({ agent: { name, topics }, onTopic }: AgentCardProps): ReactNode {
  return (
    <ul className={styles['topics']} aria-label={`Topics of ${name}`}>
      {topics.map((topic) => (
        <li key={topic}>
          <button type="button" className={styles['topic']} onClick={() => onTopic(topic)}>
            {visible(topic)}
          </button>
        </li>
      ))}
    </ul>
  )
}
