import type { Operations } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { CodeToCopy } from '../../components/code-to-copy.tsx'
import { Answered } from '../../components/question.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import styles from './settings.module.css'

type Runtime = Operations['listRuntimes']['reply']['data'][number]

export function Runtimes(): React.ReactNode {
  const question = useDirectQuestion('listRuntimes', {})
  return (
    <Answered question={question} what="the runtimes">
      {({ data }) => (
        <div className={styles['cards']}>
          {data.map((runtime) => (
            <RuntimeCard key={runtime.name} runtime={runtime} />
          ))}
        </div>
      )}
    </Answered>
  )
}

function RuntimeCard({ runtime }: { runtime: Runtime }): React.ReactNode {
  const { name, ready, version, isolation, languages, enforces, missing, notes } = runtime
  return (
    <Card title={name} note={<State ready={ready} yes="ready" no="not ready" />}>
      <dl className={styles['list']}>
        <dt>Version</dt>
        <dd>{version ?? '–'}</dd>
        <dt>Isolation</dt>
        <dd>{isolation}</dd>
        <dt>Languages</dt>
        <dd>{languages.join(', ')}</dd>
        <dt>Limits enforced</dt>
        <dd>{enforces.length === 0 ? 'none' : enforces.join(', ')}</dd>
      </dl>
      {missing.map(({ what, fix }) => (
        <div key={what} className={styles['missing']}>
          <p>{what}</p>
          <CodeToCopy text={fix} what="what to do" />
        </div>
      ))}
      {notes.map((note) => (
        <p key={note} className={styles['quiet']}>
          {note}
        </p>
      ))}
    </Card>
  )
}

/** A state as word and colour. */
export function State({ ready, yes, no }: { ready: boolean; yes: string; no: string }): React.ReactNode {
  return (
    <span className={styles['state']} data-ready={ready}>
      {ready ? yes : no}
    </span>
  )
}
