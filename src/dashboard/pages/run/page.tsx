/** Code to write and to run, on one runtime or on all of them side by side. */
import { useNavigate } from '@tanstack/react-router'
import { Play } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { CodeEditor } from '../../components/code-editor.tsx'
import controls from '../../components/controls.module.css'
import { CopyButton } from '../../components/copy-button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Refusal } from '../../components/refusal.tsx'
import { Failed } from '../../components/states.tsx'
import { isEnded, useExecution } from '../../data/execution.ts'
import { useDirectQuestion } from '../../data/queries.ts'
import type { RunDraft } from './draft.ts'
import { RunPane } from './run-pane.tsx'
import styles from './run.module.css'
import { Choices, servingRuntimes, Unready, type RuntimeView } from './runtimes.tsx'
import { InputCard, SettingsCard } from './settings.tsx'
import { draftOfRecord, linkTo, useDraft } from './use-draft.ts'
import { useRuns } from './use-runs.ts'
import { usePageSearch } from '../../search/page-address.ts'

export function Page(): ReactNode {
  const [draft, setDraft] = useDraft()
  const { execution } = usePageSearch()
  const question = useDirectQuestion('listRuntimes', {})
  const runtimes = question.data?.data ?? []
  const { runs, fault, begin } = useRuns()
  const run = (): void =>
    begin(
      draft,
      draft.runtime === 'all' ? servingRuntimes(draft, runtimes).map(({ name }) => name) : [draft.runtime],
    )
  const set = (part: Partial<RunDraft>): void => setDraft({ ...draft, ...part })
  return (
    <>
      <PageHeader title="Run">
        <Choices draft={draft} runtimes={runtimes} onChange={setDraft} />
        <Share draft={draft} />
        <button
          type="button"
          className={`${controls['button']} ${controls['primary']}`}
          title="Ctrl-Enter in the editor"
          onClick={run}
        >
          <Play size={14} aria-hidden="true" />
          Run
        </button>
      </PageHeader>
      {typeof execution === 'string' && <FromExecution id={execution} onDraft={setDraft} />}
      {question.isError && <Failed error={question.error} onRetry={() => void question.refetch()} />}
      <Editors draft={draft} set={set} runtimes={runtimes} onSubmit={run} />
      {fault !== null && <Refusal error={fault} />}
      <section className={styles['runs']} aria-label="Runs">
        {runs.map((one) => (
          <RunPane key={one.key} run={one} />
        ))}
      </section>
    </>
  )
}

interface EditorsProps {
  draft: RunDraft
  set: (part: Partial<RunDraft>) => void
  runtimes: readonly RuntimeView[]
  onSubmit: () => void
}

function Editors({ draft, set, runtimes, onSubmit }: EditorsProps): ReactNode {
  return (
    <div className={styles['editors']}>
      <div className={styles['code']}>
        <CodeEditor
          label={`Code, ${draft.language}`}
          language={draft.language}
          rows={16}
          value={draft.code}
          onChange={(code) => set({ code })}
          onSubmit={onSubmit}
        />
        <Unready runtimes={runtimes} />
      </div>
      <div className={styles['column']}>
        <InputCard draft={draft} set={set} onSubmit={onSubmit} />
        <SettingsCard draft={draft} set={set} />
      </div>
    </div>
  )
}

function Share({ draft }: { draft: RunDraft }): ReactNode {
  const link = linkTo(draft)
  return link === null ? (
    <span className={styles['quiet']}>too long for a link</span>
  ) : (
    <CopyButton text={link} what="a link to this code, without its variables" />
  )
}

/** Takes the code of an execution over, once. */
function FromExecution({ id, onDraft }: { id: string; onDraft: (draft: RunDraft) => void }): ReactNode {
  const { data, error } = useExecution(id)
  const navigate = useNavigate()
  useEffect(() => {
    if (data === undefined || !isEnded(data)) return
    onDraft(draftOfRecord(data))
    void navigate({
      to: '.',
      replace: true,
      search: (now: Record<string, unknown>) => ({ ...now, execution: undefined }),
    })
  }, [data, onDraft, navigate])
  return error === null ? null : <Refusal error={error} />
}
