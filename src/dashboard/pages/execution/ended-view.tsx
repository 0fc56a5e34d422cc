/** The record of an execution that ended. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { failingLine } from '../../components/failing-line.ts'
import { Card } from '../../components/card.tsx'
import { CodeView } from '../../components/code-view.tsx'
import controls from '../../components/controls.module.css'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { OutputView } from '../../components/output-view.tsx'
import { WholeContent } from '../../components/whole-content.tsx'
import { formatBytes } from '../../../format.ts'
import type { Ended } from '../../data/execution.ts'
import { CostCard, IdsCard, LimitsCard, ValidationCard } from './facts.tsx'
import { FilesCard } from './files-card.tsx'
import { Head } from './head.tsx'
import { LinkCard } from './link-card.tsx'
import styles from './panel.module.css'
import { ReasonCard } from './reason-card.tsx'
import { RelativesCard } from './relatives.tsx'
import { RunAgainCard } from './run-again.tsx'
import { Timeline } from './timeline.tsx'
import { TraceCard } from './trace-card.tsx'
import { ValueCard } from './value-card.tsx'

export function EndedView({ record }: { record: Ended }): ReactNode {
  const { executionId, outcome } = record
  return (
    <>
      <Head execution={record} status={<OutcomeLabel outcome={outcome} />}>
        <a
          className={controls['button']}
          href={`/v1/executions/${encodeURIComponent(executionId)}`}
          target="_blank"
          rel="noreferrer"
        >
          JSON
        </a>
        <Link to="/run" search={{ execution: executionId }} className={controls['button']}>
          Open in the editor
        </Link>
        <Link to="/marketplace/publish" search={{ execution: executionId }} className={controls['button']}>
          Make an agent of this run
        </Link>
      </Head>
      <ReasonCard record={record} />
      <div className={styles['columns']}>
        <div className={styles['column']}>
          <Contents record={record} />
        </div>
        <div className={styles['column']}>
          <Timeline record={record} />
          <LimitsCard record={record} />
          <RunAgainCard record={record} />
          <LinkCard record={record} />
          <CostCard record={record} />
          <TraceCard record={record} />
          <RelativesCard record={record} />
          <ValidationCard record={record} />
          <IdsCard record={record} />
        </div>
      </div>
    </>
  )
}

/** What went in, what ran and what came out. */
function Contents({ record }: { record: Ended }): ReactNode {
  const { executionId: name } = record
  return (
    <>
      <ValueCard
        title="Result"
        value={record.result}
        whenNull={noResult(record)}
        name={name}
        more={<WholeContent record={record} part="result" />}
      />
      <OutputCard record={record} />
      <FilesCard record={record} />
      <CodeCard record={record} />
      <ValueCard
        title="Input"
        value={record.input}
        whenNull="No input was given."
        name={name}
        more={<WholeContent record={record} part="input" />}
      />
      {record.request !== null && (
        <ValueCard
          title="Request"
          value={record.request}
          whenNull=""
          name={name}
          more={<WholeContent record={record} part="request" />}
        />
      )}
    </>
  )
}

function OutputCard({ record }: { record: Ended }): ReactNode {
  const { executionId: name, stdout, stderr, stdoutBytes, stderrBytes } = record
  const whole = (
    <>
      <WholeContent record={record} part="stdout" />
      <WholeContent record={record} part="stderr" />
    </>
  )
  return (
    <Card title="Output" actions={whole}>
      <div className={styles['outputs']}>
        <OutputView stream="stdout" text={stdout} totalBytes={stdoutBytes} name={name} />
        <OutputView stream="stderr" text={stderr} totalBytes={stderrBytes} name={name} />
      </div>
    </Card>
  )
}

function CodeCard({ record }: { record: Ended }): ReactNode {
  const { code, codeBytes, language } = record
  const line = failingLine(language, record)
  const note = `${language}, ${formatBytes(codeBytes)}${line === null ? '' : `, fails at line ${line}`}`
  return (
    <Card title="Code" note={note} actions={<WholeContent record={record} part="code" />}>
      {code === null ? (
        <p className={styles['quiet']}>The code is not kept; its hash is among the ids.</p>
      ) : (
        <CodeView key={record.executionId} code={code} language={language} failingLine={line} />
      )}
      {code !== null && (record.requestLoss ?? '').includes('code ') && (
        <p className={styles['quiet']}>Not as it was: {record.requestLoss}.</p>
      )}
    </Card>
  )
}

function noResult({ success }: Ended): string {
  return success ? 'A script has no result; `main(input)` returns one.' : 'There is no result.'
}
