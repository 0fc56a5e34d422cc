/** What identifies an execution, above everything else of it. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AnyExecution } from '../../../client/index.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Moment } from '../../components/moment.tsx'
import { firstCharacters, visible } from '../../format/visible-text.ts'
import styles from './panel.module.css'

/** `status` is its outcome or phase. */
export function Head({
  execution,
  status,
  children,
}: {
  execution: AnyExecution
  status: ReactNode
  children?: ReactNode
}): ReactNode {
  const { executionId, runtime, language, startedAt, codeAgentId, codeAgentVersion } = execution
  return (
    <header className={styles['head']}>
      <div className={styles['title']}>
        <h2>{status}</h2>
        <span>
          {language} on {runtime}
        </span>
        <Moment at={startedAt} as="full" />
        {codeAgentId !== null && (
          <Link to="/agents/$id" params={{ id: codeAgentId }} className="untrusted">
            {visible(firstCharacters(codeAgentId, 80))}
            {codeAgentVersion !== null && ` ${visible(firstCharacters(codeAgentVersion, 40))}`}
          </Link>
        )}
      </div>
      <div className={styles['title']}>
        <code className={styles['id']}>{executionId}</code>
        <CopyButton text={executionId} what="the execution's id" />
        <span className={styles['actions']}>{children}</span>
      </div>
    </header>
  )
}
