import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatBytes, formatMs } from '../../../format.ts'
import type { Operations } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { Moment } from '../../components/moment.tsx'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { Answered } from '../../components/question.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { useQuestion } from '../../data/queries.ts'
import { toOneLine } from '../../format/fields.ts'
import styles from './agent.module.css'
import type { AgentPart } from './part.ts'

const RUNS = 10
const FIELDS = [
  'executionId',
  'startedAt',
  'outcome',
  'runtime',
  'language',
  'codeAgentVersion',
  'durationMs',
  'memoryPeakBytes',
  'errorMessage',
] as const

/** The newest executions of the agent; each opens at its own address. */
export function RecentRuns({ where, q, words }: AgentPart): ReactNode {
  const runs = useQuestion('listExecutions', { where, q, limit: RUNS, fields: FIELDS })
  return (
    <Card
      title="Recent runs"
      note={words}
      actions={
        <ExecutionsLink where={where} q={q}>
          All
        </ExecutionsLink>
      }
    >
      <Answered question={runs} what="recent runs">
        {({ data }) => (
          <div className={styles['scroll']}>
            <table className={styles['runs']}>
              <TableHead
                titles={['Started', 'Outcome', 'Runtime', 'Version']}
                numbers={['Duration', 'Memory peak']}
              >
                <th scope="col">Error</th>
              </TableHead>
              <tbody>
                {data.map((run) => (
                  <Run key={run.executionId} run={run} where={where} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answered>
    </Card>
  )
}

function Run({
  run,
  where,
}: {
  run: Operations['listExecutions']['reply']['data'][number]
  where: readonly string[]
}): ReactNode {
  const { executionId = '', startedAt = null, outcome, runtime, language } = run
  return (
    <tr>
      <td>
        <Link to="/executions/$id" params={{ id: executionId }} search={{ where }}>
          <Moment at={startedAt} />
        </Link>
      </td>
      <td>{outcome !== undefined && <OutcomeLabel outcome={outcome} />}</td>
      <td>
        {runtime} · {language}
      </td>
      <td className="untrusted">{run.codeAgentVersion ?? '–'}</td>
      <td data-align="right">{formatMs(run.durationMs ?? null)}</td>
      <td data-align="right">{formatBytes(run.memoryPeakBytes ?? null)}</td>
      <td className={`${styles['error']} untrusted`}>{toOneLine(run.errorMessage ?? '')}</td>
    </tr>
  )
}
