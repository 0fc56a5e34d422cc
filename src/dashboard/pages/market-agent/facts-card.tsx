import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AgentView, VersionView } from '../../../client/index.ts'
import { formatBytes, formatMs } from '../../../format.ts'
import { Card } from '../../components/card.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Fact, Facts } from '../../components/facts.tsx'
import { Moment } from '../../components/moment.tsx'
import { visible } from '../../format/visible-text.ts'
import { marketAddress } from '../../search/market-address.ts'
import styles from './market-agent.module.css'
import { Verified } from './verified.tsx'

type Definition = VersionView['definition']

/** Who published what, and what it may do. */
export function FactsCard({ agent, version }: { agent: AgentView; version: VersionView }): ReactNode {
  const { definition, publisherId, publishedAt, publishedBy, sha256 } = version
  return (
    <Card title="Provenance">
      <Verified version={version} />
      <Facts>
        <Fact name="Published by">
          <span className="untrusted">
            {visible(publisherId)}
            {publishedBy !== null && `, key ${visible(publishedBy)}`}, <Moment at={publishedAt} />
          </span>
        </Fact>
        <Fact name="SHA-256">
          <code title={sha256}>{sha256.slice(0, 16)}…</code> <CopyButton text={sha256} what="the hash" />
        </Fact>
        <Fact name="Copy of">
          {agent.forkedFrom === null ? 'nothing' : <Origin reference={agent.forkedFrom} />}
        </Fact>
        <Fact name="Licence">{definition.license}</Fact>
      </Facts>
      <h3 className={styles['heading']}>What it may do</h3>
      <Facts>
        <Fact name="Runs on">
          {definition.language} on {definition.runtimes.join(', ')}
        </Fact>
        <Fact name="Network">{networkWords(definition)}</Fact>
        <Fact name="Limits">{limitWords(definition)}</Fact>
        <Fact name="Denied modules">{definition.policy?.denyModules?.join(', ') ?? 'none'}</Fact>
      </Facts>
    </Card>
  )
}

function Origin({ reference }: { reference: string }): ReactNode {
  const [name = '', version = ''] = reference.split('@')
  return (
    <Link {...marketAddress(name)} search={{ version }} className="untrusted">
      {reference}
    </Link>
  )
}

function networkWords({ network }: Definition): string {
  if (network === undefined || network === 'none') return 'none'
  return network === 'host' ? 'all that the host reaches' : `only ${network.allow.join(', ')}`
}

function limitWords({ limits }: Definition): string {
  const words = [
    limits?.timeoutMs === undefined ? null : formatMs(limits.timeoutMs),
    limits?.memoryMb === undefined ? null : formatBytes(limits.memoryMb * 1_048_576),
  ].filter((word) => word !== null)
  return words.length === 0 ? "the service's own" : words.join(', ')
}
