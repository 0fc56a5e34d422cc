/** Where the code runs: one runtime or all that are ready, and what the others miss. */
import type { ReactNode } from 'react'
import type { Operations } from '../../../client/index.ts'
import { LANGUAGES } from '../../../execution.ts'
import controls from '../../components/controls.module.css'
import { CodeToCopy } from '../../components/code-to-copy.tsx'
import { isLanguage, isRuntimeChoice, withLanguage, type RunDraft } from './draft.ts'
import styles from './run.module.css'

export type RuntimeView = Operations['listRuntimes']['reply']['data'][number]

interface ChoicesProps {
  draft: RunDraft
  runtimes: readonly RuntimeView[]
  onChange: (draft: RunDraft) => void
}

/** Those that can run the draft. */
export function servingRuntimes({ language }: RunDraft, runtimes: readonly RuntimeView[]): RuntimeView[] {
  return runtimes.filter(({ ready, languages }) => ready && languages.includes(language))
}

export function Choices({ draft, runtimes, onChange }: ChoicesProps): ReactNode {
  const serving = servingRuntimes(draft, runtimes)
  return (
    <>
      <label className={controls['field']}>
        Language
        <select
          className={controls['select']}
          value={draft.language}
          onChange={({ target }) => isLanguage(target.value) && onChange(withLanguage(draft, target.value))}
        >
          {LANGUAGES.map((language) => (
            <option key={language}>{language}</option>
          ))}
        </select>
      </label>
      <label className={controls['field']}>
        Runtime
        <select
          className={controls['select']}
          value={draft.runtime}
          onChange={({ target }) =>
            isRuntimeChoice(target.value) && onChange({ ...draft, runtime: target.value })
          }
        >
          <option value="all">all side by side ({serving.length} ready)</option>
          {runtimes.map(({ name, ready, languages }) => (
            <option key={name} value={name} disabled={!ready || !languages.includes(draft.language)}>
              {name}
              {!ready && ' (not ready)'}
              {ready && !languages.includes(draft.language) && ` (no ${draft.language})`}
            </option>
          ))}
        </select>
      </label>
    </>
  )
}

/** The runtimes that are not ready, why, and the command that changes it. */
export function Unready({ runtimes }: { runtimes: readonly RuntimeView[] }): ReactNode {
  const unready = runtimes.filter(({ ready }) => !ready)
  if (unready.length === 0) return null
  return (
    <details className={styles['unready']}>
      <summary>Not ready here: {unready.map(({ name }) => name).join(', ')}</summary>
      <dl>
        {unready.map(({ name, missing }) => (
          <div key={name}>
            <dt>{name}</dt>
            {missing.map(({ what, fix }) => (
              <dd key={what}>
                {what}
                <CodeToCopy text={fix} what={`what makes ${name} ready`} />
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </details>
  )
}
