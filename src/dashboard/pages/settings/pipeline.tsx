/** The way of the records as a picture: what each part holds, and on each arrow what passed it and what was lost. */
import type { Pipeline as View } from '../../../client/index.ts'
import { Answered } from '../../components/question.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { formatBytes, formatCount, formatMs } from '../../../format.ts'
import { stagesOf, type Stage } from './stages.ts'
import styles from './pipeline.module.css'

const REFRESH_MS = 5000

export function Pipeline(): React.ReactNode {
  const question = useDirectQuestion('getPipeline', {}, { refreshMs: REFRESH_MS })
  return (
    <Answered question={question} what="the pipeline">
      {(view) => <Picture view={view} />}
    </Answered>
  )
}

function Picture({ view }: { view: View }): React.ReactNode {
  const failing = view.parts.checks.filter(({ ready }) => !ready)
  return (
    <>
      <p className={styles['verdict']} data-ready={view.parts.ready}>
        {failing.length === 0
          ? 'Every part serves: a record can be read within seconds.'
          : `Not serving: ${failing.map(({ name, detail }) => `${name} (${detail})`).join(', ')}. \`exectrail doctor\` says why.`}
      </p>
      <ol className={styles['way']} aria-label="The way of a record">
        {stagesOf(view).map((stage) => (
          <StageBox key={stage.name} stage={stage} />
        ))}
      </ol>
      <p className={styles['note']}>
        Counts are of entries (a start, a completion, a span) since the start of the process that counts them.
      </p>
      <Sinks view={view} />
    </>
  )
}

function StageBox({
  stage: { name, state, detail, holds, passed, lost, beside },
}: {
  stage: Stage
}): React.ReactNode {
  return (
    <li className={styles['stage']}>
      {passed !== undefined && (
        <div className={styles['arrow']} data-lost={lost !== undefined}>
          <span>{passed}</span>
          <i aria-hidden="true" />
          {lost !== undefined && <b>{lost}</b>}
        </div>
      )}
      <div className={styles['boxes']}>
        <div className={styles['box']} data-state={state}>
          <h2>{name}</h2>
          <p>{detail}</p>
          {holds !== undefined && <p className={styles['holds']}>{holds}</p>}
        </div>
        {beside !== undefined && (
          <div className={styles['box']} data-state={beside.state}>
            <h2>{beside.name}</h2>
            <p>{beside.detail}</p>
          </div>
        )}
      </div>
    </li>
  )
}

function Sinks({ view: { sinks, outbox } }: { view: View }): React.ReactNode {
  if (sinks.length === 0) return null
  return (
    <ScrolledTable
      label="Sinks of the Collector"
      caption={`Sinks of the Collector; the outbox has ${formatBytes(outbox.waitingBytes)}, the oldest for ${formatMs(outbox.oldestMs)}`}
    >
      <TableHead
        titles={['Sink', 'Signal']}
        numbers={['Sent', 'Rejected', 'Sent again', 'Waiting', 'Room']}
      />
      <tbody>
        {sinks.map((sink) => (
          <tr key={`${sink.exporter} ${sink.signal}`}>
            <td>{sink.exporter}</td>
            <td>{sink.signal}</td>
            <td data-align="right">{formatCount(sink.sent)}</td>
            <td data-align="right">{formatCount(sink.failed)}</td>
            <td data-align="right">{formatCount(sink.refused)}</td>
            <td data-align="right">{formatBytes(sink.queueBytes)}</td>
            <td data-align="right">{formatBytes(sink.queueCapacityBytes)}</td>
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}
