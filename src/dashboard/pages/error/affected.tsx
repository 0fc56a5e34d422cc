import type { FacetsReply } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Answered } from '../../components/question.tsx'
import { useQuestion } from '../../data/queries.ts'
import { formatCount, formatRate } from '../../../format.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './error.module.css'

const FIELDS = ['codeAgentId', 'codeAgentVersion', 'runtime', 'language', 'userId', 'nodeId'] as const
const NAMES: Readonly<Record<string, string>> = {
  codeAgentId: 'Agent',
  codeAgentVersion: 'Version',
  runtime: 'Runtime',
  language: 'Language',
  userId: 'User',
  nodeId: 'Node',
}

/** Where the error is seen. */
export function Affected({ where }: { where: readonly string[] }): React.ReactNode {
  const question = useQuestion('getFacets', { where, fields: FIELDS, limit: 5 })
  return (
    <Card title="Affected" note="share of the times seen in the window">
      <Answered question={question} what="what is affected">
        {({ facets }) => (
          <div className={styles['facets']}>
            {facets.filter(isTelling).map((facet) => (
              <Facet key={facet.field} facet={facet} />
            ))}
          </div>
        )}
      </Answered>
    </Card>
  )
}

/** A field that no execution has says nothing. */
function isTelling({ values }: FacetsReply['facets'][number]): boolean {
  return values.some(({ value }) => value !== null)
}

function Facet({
  facet: { field, values, otherCount },
}: {
  facet: FacetsReply['facets'][number]
}): React.ReactNode {
  const total = values.reduce((sum, { count }) => sum + count, otherCount)
  return (
    <section>
      <h3>{NAMES[field] ?? field}</h3>
      <ul>
        {values.map(({ value, count }) => (
          <li key={value} title={`${formatCount(count)} of ${formatCount(total)}`}>
            <span className={`untrusted ${styles['value'] ?? ''}`}>
              {value === null ? 'none' : visible(value)}
            </span>
            <span className={styles['share']}>{formatRate(total === 0 ? null : count / total)}</span>
            <meter
              min={0}
              max={total}
              value={count}
              aria-label={`${formatCount(count)} of ${formatCount(total)}`}
            />
          </li>
        ))}
        {otherCount > 0 && (
          <li>
            <span className={styles['value']}>others</span>
            <span className={styles['share']}>{formatRate(otherCount / total)}</span>
          </li>
        )}
      </ul>
    </section>
  )
}
