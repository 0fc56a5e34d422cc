/** Two executions side by side: /compare?a=ID&b=ID */
import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowLeftRight } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { Moment } from '../../components/moment.tsx'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { TextField } from '../../components/text-field.tsx'
import { isEnded, useExecution, type Ended } from '../../data/execution.ts'
import { Comparison } from './comparison.tsx'
import styles from './comparison.module.css'
import { readPair, type Pair } from './pair.ts'
import { usePageSearch } from '../../search/page-address.ts'

export function Page(): ReactNode {
  const search = usePageSearch()
  const navigate = useNavigate()
  const { a, b, show } = readPair(search)
  const go = (next: Partial<Pair>): void =>
    void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, ...next }) })
  return (
    <>
      <PageHeader title="Compare">
        {a !== undefined && b !== undefined && (
          <>
            <button
              type="button"
              className={controls['button']}
              aria-pressed={show === 'all'}
              onClick={() => go({ show: show === 'all' ? undefined : 'all' })}
            >
              All fields
            </button>
            <button type="button" className={controls['button']} onClick={() => go({ a: b, b: a })}>
              <ArrowLeftRight size={14} aria-hidden="true" />
              Swap
            </button>
          </>
        )}
      </PageHeader>
      {a === undefined || b === undefined ? (
        <Choose first={a ?? ''} onChoose={go} />
      ) : (
        <Two a={a} b={b} show={show ?? 'differences'} />
      )}
    </>
  )
}

function Two({ a, b, show }: { a: string; b: string; show: 'differences' | 'all' }): ReactNode {
  const [first, second] = [useExecution(a), useExecution(b)]
  return (
    <Answered question={first} what="the first execution">
      {(left) => (
        <Answered question={second} what="the second execution">
          {(right) =>
            isEnded(left) && isEnded(right) ? (
              <>
                <div className={styles['heads']}>
                  <HeadCard letter="A" record={left} />
                  <HeadCard letter="B" record={right} />
                </div>
                <Comparison a={left} b={right} show={show} />
              </>
            ) : (
              <Empty title="One of the two has not ended">
                <p>They are compared as soon as both have.</p>
              </Empty>
            )
          }
        </Answered>
      )}
    </Answered>
  )
}

function HeadCard({ letter, record }: { letter: string; record: Ended }): ReactNode {
  const { executionId, outcome, runtime, language, startedAt } = record
  return (
    <Card title={letter}>
      <p className={styles['head']}>
        <OutcomeLabel outcome={outcome} />
        {language} on {runtime}
        <Moment at={startedAt} as="full" />
        <Link to="/executions/$id" params={{ id: executionId }}>
          <code>{executionId}</code>
        </Link>
      </p>
    </Card>
  )
}

function Choose({ first, onChoose }: { first: string; onChoose: (pair: Partial<Pair>) => void }): ReactNode {
  const [a, setA] = useState(first)
  const [b, setB] = useState('')
  return (
    <Empty title="Which two executions?">
      <p>Select two in the list of executions and choose Compare, or give their ids.</p>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (a.trim() !== '' && b.trim() !== '') onChoose({ a: a.trim(), b: b.trim() })
        }}
      >
        <TextField label="Id of A" value={a} onChange={setA} />
        <TextField label="Id of B" value={b} onChange={setB} />
        <button type="submit" className={`${controls['button']} ${controls['primary']}`}>
          Compare
        </button>
      </form>
    </Empty>
  )
}
