/** Why something that the reader asked for was not done. */
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ProblemError } from '../../client/index.ts'
import { visible } from '../format/visible-text.ts'
import styles from './refusal.module.css'

export function Refusal({ error }: { error: Error }): ReactNode {
  const problem = error instanceof ProblemError ? error : null
  return (
    <div className={styles['refusal']} role="alert">
      <CircleAlert size={15} aria-hidden="true" />
      <div className="untrusted">
        <p>{visible(error.message)}</p>
        {problem !== null && problem.errors.length > 1 && (
          <ul>
            {problem.errors.slice(0, 20).map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <code>{visible(path)}</code> {visible(message)}
              </li>
            ))}
          </ul>
        )}
        {problem?.hint !== undefined && <p>{visible(problem.hint)}</p>}
      </div>
    </div>
  )
}
