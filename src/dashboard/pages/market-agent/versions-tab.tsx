/** All versions with their figures beside each other, and two of them laid against each other. */
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AgentView, VersionSummary } from '../../../client/index.ts'
import { formatCount, formatMs, formatRate, formatUsd } from '../../../format.ts'
import { SignedBadge, StatusBadge } from '../../components/agent-badges.tsx'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { Moment } from '../../components/moment.tsx'
import { Answered } from '../../components/question.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { useDirectQuestion, useQuestion } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { marketAddress, splitName } from '../../search/market-address.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { useWindow } from '../../search/window.ts'
import { versionSentences } from '../agent/version-words.ts'
import styles from './market-agent.module.css'
import { tagsAt } from './version-choice.tsx'
import { VersionDiff } from './version-diff.tsx'

export function VersionsTab({ agent }: { agent: AgentView }): ReactNode {
  return (
    <div className={styles['column']}>
      <ScrolledTable label="Versions" caption="Versions, newest first" className={styles['table']}>
        <TableHead
          titles={['Version', 'State', 'Tags', 'Published']}
          numbers={['Runs', 'Success', 'p50', 'p95', 'Cost a run']}
        />
        <tbody>
          {agent.versions.toReversed().map((version) => (
            <Row key={version.version} agent={agent} version={version} />
          ))}
        </tbody>
      </ScrolledTable>
      <Compared agent={agent} />
    </div>
  )
}

function Row({ agent, version }: { agent: AgentView; version: VersionSummary }): ReactNode {
  const { statistics: figures, status, statusReason, publishedAt, isSigned } = version
  return (
    <tr>
      <th scope="row">
        <Link {...marketAddress(agent.name)} search={{ version: version.version }}>
          {version.version}
        </Link>
      </th>
      <td>
        <span className={styles['state']}>
          {status === 'active' ? 'active' : <StatusBadge status={status} reason={statusReason} />}
          {isSigned && <SignedBadge />}
          {version.review !== null && <span className={styles['quiet']}>review: {version.review}</span>}
        </span>
        {status !== 'active' && (
          <p className={`untrusted ${styles['quiet'] ?? ''}`}>
            {visible(statusReason ?? 'its owner gives no reason')}
          </p>
        )}
      </td>
      <td>{tagsAt(agent, version.version).join(', ')}</td>
      <td>
        <Moment at={publishedAt} />
      </td>
      <td data-align="right">{formatCount(figures?.runs ?? 0)}</td>
      <td data-align="right">{formatRate(figures?.successRate ?? null)}</td>
      <td data-align="right">{formatMs(figures?.p50Ms ?? null)}</td>
      <td data-align="right">{formatMs(figures?.p95Ms ?? null)}</td>
      <td data-align="right">{formatUsd(figures?.costPerRunNanoUsd ?? null)}</td>
    </tr>
  )
}

/** By default the newest against the one before. */
function Compared({ agent }: { agent: AgentView }): ReactNode {
  const { a: givenA, b: givenB } = usePageSearch()
  const navigate = useNavigate()
  const names = agent.versions.map(({ version }) => version).toReversed()
  const [newest, before] = names
  if (newest === undefined || before === undefined) return null
  const a = names.find((name) => name === givenA) ?? before
  const b = names.find((name) => name === givenB) ?? newest
  const choose = (side: 'a' | 'b', version: string): void =>
    void navigate({
      to: '.',
      resetScroll: false,
      search: (now: Record<string, unknown>) => ({ ...now, [side]: version }),
    })
  return (
    <Card title="Compare" note={`A ${a}, B ${b}`}>
      <div className={styles['run']}>
        {(['a', 'b'] as const).map((side) => (
          <Choices
            key={side}
            label={side === 'a' ? 'A, before' : 'B, after'}
            value={side === 'a' ? a : b}
            names={names}
            nameOf={(name) => name}
            onChange={(version) => choose(side, version)}
          />
        ))}
      </div>
      <OwnFigures agent={agent} a={a} b={b} />
      <Definitions agent={agent} a={a} b={b} />
    </Card>
  )
}

interface PairProps {
  agent: AgentView
  a: string
  b: string
}

/** In words, over the executions that the reader may see. */
function OwnFigures({ agent, a, b }: PairProps): ReactNode {
  const ran = agent.versions.filter(({ statistics }) => (statistics?.runs ?? 0) > 0)
  const bothRan = [a, b].every((name) => ran.some(({ version }) => version === name))
  const comparison = useQuestion(
    'compareVersions',
    { id: agent.name, a, b },
    { state: bothRan && a !== b ? 'active' : 'paused' },
  )
  if (comparison.data === undefined || a === b) return null
  return (
    <ul className={styles['sentences']} aria-label="In our executions">
      {versionSentences(comparison.data).map(({ text, tone }) => (
        <li key={text} data-tone={tone} className="untrusted">
          {text}
        </li>
      ))}
    </ul>
  )
}

function Definitions({ agent, a, b }: PairProps): ReactNode {
  const { organization } = useWindow()
  const at = { ...splitName(agent.name), organization }
  const before = useDirectQuestion('getAgentVersion', { ...at, version: a })
  const after = useDirectQuestion('getAgentVersion', { ...at, version: b })
  return (
    <Answered question={before} what={a}>
      {(one) => (
        <Answered question={after} what={b}>
          {(other) => <VersionDiff a={one.definition} b={other.definition} />}
        </Answered>
      )}
    </Answered>
  )
}
