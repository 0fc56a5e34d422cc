/** The newest executions of a group, and the whole of the one that is chosen. */
import { Link, useNavigate } from '@tanstack/react-router'
import type { AnyExecution, ErrorView } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Moment } from '../../components/moment.tsx'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { OutputView } from '../../components/output-view.tsx'
import { ProgramText } from '../../components/program-text.tsx'
import { Answered } from '../../components/question.tsx'
import controls from '../../components/controls.module.css'
import { useDirectQuestion } from '../../data/queries.ts'
import { formatMs } from '../../../format.ts'
import type { Search } from '../../search/address.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './error.module.css'
import { usePageSearch } from '../../search/page-address.ts'

export function Samples({ group: { executionIds } }: { group: ErrorView }): React.ReactNode {
  const { sample } = usePageSearch()
  const navigate = useNavigate()
  const chosen = executionIds.find((id) => id === sample) ?? executionIds[0]
  const choose = (id: string): void =>
    void navigate({
      to: '.',
      search: (rest: Search) => ({ ...rest, sample: id }),
      replace: true,
      resetScroll: false,
    })
  const choices = executionIds.map((id, place) => (
    <button
      key={id}
      type="button"
      className={controls['button']}
      aria-pressed={id === chosen}
      onClick={() => choose(id)}
    >
      {place === 0 ? 'Newest' : `${place + 1}.`}
    </button>
  ))
  return (
    <Card title="Samples" note={`the ${executionIds.length} newest`} actions={choices}>
      {chosen !== undefined && <Sample key={chosen} id={chosen} />}
    </Card>
  )
}

function Sample({ id }: { id: string }): React.ReactNode {
  const question = useDirectQuestion('getExecution', { id })
  return (
    <Answered question={question} what="the execution">
      {(execution) =>
        execution.phase === undefined ? <Ended execution={execution} /> : <p>It has not ended.</p>
      }
    </Answered>
  )
}

function Ended({ execution }: { execution: Extract<AnyExecution, { phase?: undefined }> }): React.ReactNode {
  const { executionId, outcome, startedAt, runtime, language, durationMs, codeAgentId, codeAgentVersion } =
    execution
  const { errorMessage, errorStack, stderr, stderrBytes } = execution
  const agent = [codeAgentId, codeAgentVersion].filter((part) => part !== null).join(' ')
  return (
    <div className={styles['sample']}>
      <p className={styles['line']}>
        <OutcomeLabel outcome={outcome} />
        <Link to="/executions/$id" params={{ id: executionId }}>
          <Moment at={startedAt} as="full" />
        </Link>
        <span>
          {runtime}, {language}, {formatMs(durationMs)}
        </span>
        <span className="untrusted">{visible(agent)}</span>
      </p>
      <ProgramText title="Message" text={errorMessage} />
      <ProgramText title="Stack" text={errorStack} />
      {stderr !== '' && (
        <OutputView stream="stderr" text={stderr} totalBytes={stderrBytes} name={executionId} />
      )}
    </div>
  )
}
