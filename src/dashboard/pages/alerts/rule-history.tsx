/** What a rule said about each window, and what it would have said about the past. */
import { formatUnit } from '../../charts/units.ts'
import { Card } from '../../components/card.tsx'
import { Moment } from '../../components/moment.tsx'
import { Answered } from '../../components/question.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { formatCount } from '../../../format.ts'
import styles from './alerts.module.css'
import { DryRun } from './dry-run.tsx'
import { inputOf, unitOf, type Rule } from './watches.ts'

const LIMIT = 50
const REFRESH_MS = 15_000

export function RuleHistory({ rule }: { rule: Rule }): React.ReactNode {
  return (
    <>
      <DryRun rule={inputOf(rule)} />
      <Card title={`History of ${visible(rule.name)}`} note={`the newest ${LIMIT} windows`}>
        <Windows rule={rule} />
      </Card>
    </>
  )
}

function Windows({ rule }: { rule: Rule }): React.ReactNode {
  const input = { id: rule.id, limit: LIMIT }
  const question = useDirectQuestion('listAlertEvaluations', input, { refreshMs: REFRESH_MS })
  const unit = unitOf(rule.condition)
  return (
    <Answered question={question} what="the history">
      {({ data }) =>
        data.length === 0 ? (
          <p>No window has been evaluated yet{rule.enabled ? '' : ': the rule is off'}.</p>
        ) : (
          <ScrolledTable
            label="Windows"
            caption="Evaluated windows, newest first"
            className={styles['table']}
          >
            <TableHead titles={['Window ends', 'State']} numbers={['Value', 'Executions']}>
              <th scope="col">Why</th>
            </TableHead>
            <tbody>
              {data.map(({ windowEnd, state, value, sampleCount, reason }) => (
                <tr key={windowEnd}>
                  <td>
                    <Moment at={windowEnd} />
                  </td>
                  <td>{state}</td>
                  <td data-align="right">{formatUnit(unit, value)}</td>
                  <td data-align="right">{formatCount(sampleCount)}</td>
                  <td className={`untrusted ${styles['why'] ?? ''}`}>{visible(reason)}</td>
                </tr>
              ))}
            </tbody>
          </ScrolledTable>
        )
      }
    </Answered>
  )
}
