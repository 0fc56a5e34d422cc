/** Publishes a version of a code agent: one that is written here, or made of an execution. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import type { VersionView } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { CodeEditor } from '../../components/code-editor.tsx'
import controls from '../../components/controls.module.css'
import { notify } from '../../components/notices.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Refusal } from '../../components/refusal.tsx'
import { Empty } from '../../components/states.tsx'
import { isEnded, useExecution, type Ended } from '../../data/execution.ts'
import { ask } from '../../data/queries.ts'
import { useSession, whyNot } from '../../data/session.ts'
import { marketAddress } from '../../search/market-address.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { useWindow } from '../../search/window.ts'
import { About } from './about.tsx'
import { signDefinition, type BrowserKey } from './browser-signature.ts'
import { FIRST, toDefinition, type PublishDraft } from './draft.ts'
import { draftOfExecution } from './execution-draft.ts'
import styles from './publish.module.css'
import { SignatureCard } from './signature-card.tsx'

export function Page(): ReactNode {
  const { execution } = usePageSearch()
  const refused = whyNot(useSession(), 'write', 'Publishing')
  const [draft, setDraft] = useState<PublishDraft>(FIRST)
  const [signingKey, setSigningKey] = useState<BrowserKey | null>(null)
  const { mutate, error, isPending } = usePublish()
  const set = (part: Partial<PublishDraft>): void => setDraft({ ...draft, ...part })
  return (
    <>
      <PageHeader title={typeof execution === 'string' ? 'Make an agent of this run' : 'Publish an agent'}>
        <Link to="/marketplace" className={controls['button']}>
          All agents
        </Link>
        <button
          type="button"
          className={`${controls['button'] ?? ''} ${controls['primary'] ?? ''}`}
          disabled={isPending || refused !== null}
          onClick={() => mutate({ draft, signingKey })}
        >
          {isPending ? 'Checking …' : signingKey === null ? 'Publish' : 'Sign and publish'}
        </button>
      </PageHeader>
      {typeof execution === 'string' && <FromExecution id={execution} onDraft={setDraft} />}
      {error !== null && <Refusal error={error} />}
      {refused === null ? (
        <Editors draft={draft} set={set} signingKey={signingKey} onKey={setSigningKey} />
      ) : (
        <Empty title={refused} />
      )}
    </>
  )
}

interface Publication {
  draft: PublishDraft
  /** Null: it is not signed. */
  signingKey: BrowserKey | null
}

/** Checks take a while: the examples run. */
function usePublish() {
  const { organization } = useWindow()
  const navigate = useNavigate()
  const queries = useQueryClient()
  return useMutation<VersionView, Error, Publication>({
    mutationFn: async ({ draft, signingKey }) => {
      const definition = toDefinition(draft)
      const signature = signingKey === null ? undefined : await signDefinition(definition, signingKey)
      return ask('publishAgent', { definition, signature, organization })
    },
    onSuccess: async ({ name, version }) => {
      notify({ text: `Published: ${name} ${version}, private until you let others see it`, tone: 'good' })
      await queries.invalidateQueries({ queryKey: ['searchAgents'] })
      await queries.invalidateQueries({ queryKey: ['getAgent'] })
      await navigate({ ...marketAddress(name), search: {} })
    },
  })
}

function FromExecution({ id, onDraft }: { id: string; onDraft: (draft: PublishDraft) => void }): ReactNode {
  const { data, error } = useExecution(id)
  const ended = data !== undefined && isEnded(data) ? data : null
  useEffect(() => {
    if (ended !== null) onDraft(draftOfExecution(ended))
  }, [ended, onDraft])
  if (error !== null) return <Refusal error={error} />
  return ended === null ? null : <Losses record={ended} />
}

/** What of the execution cannot go along. */
function Losses({ record }: { record: Ended }): ReactNode {
  const { executionId, outcome, requestLoss, code } = record
  const losses = [
    ...(code === null ? ['Its code is not kept.'] : []),
    ...(requestLoss === null || requestLoss === 'none' ? [] : [`Not as it was: ${requestLoss}.`]),
    ...(outcome === 'success' ? [] : [`It ended as ${outcome}: no output is taken for the example.`]),
  ]
  return (
    <p className={styles['from']}>
      From the execution{' '}
      <Link to="/executions/$id" params={{ id: executionId }}>
        {executionId}
      </Link>
      , with its input and result for an example. {losses.join(' ')}
    </p>
  )
}

interface PartProps {
  draft: PublishDraft
  set: (part: Partial<PublishDraft>) => void
}

interface EditorsProps extends PartProps {
  signingKey: BrowserKey | null
  onKey: (key: BrowserKey | null) => void
}

function Editors({ draft, set, signingKey, onKey }: EditorsProps): ReactNode {
  return (
    <div className={styles['editors']}>
      <div className={styles['column']}>
        <About draft={draft} set={set} />
        <Card title="Code" note="defines main(input), or is a script">
          <CodeEditor
            label={`Code, ${draft.language}`}
            language={draft.language}
            rows={14}
            value={draft.code}
            onChange={(code) => set({ code })}
          />
        </Card>
      </div>
      <div className={styles['column']}>
        <Readme draft={draft} set={set} />
        <Card title="Input schema" note="JSON Schema; the form to try it is made from it">
          <Json
            label="Input schema"
            value={draft.inputSchema}
            onChange={(inputSchema) => set({ inputSchema })}
          />
        </Card>
        <Example draft={draft} set={set} />
        <SignatureCard draft={draft} signingKey={signingKey} onKey={onKey} />
      </div>
    </div>
  )
}

function Readme({ draft, set }: PartProps): ReactNode {
  return (
    <Card title="README" note="Markdown">
      <textarea
        className={styles['readme']}
        aria-label="README"
        rows={8}
        value={draft.readme}
        placeholder="What it does, what it needs, what it returns"
        onChange={({ target }) => set({ readme: target.value })}
      />
    </Card>
  )
}

function Example({ draft, set }: PartProps): ReactNode {
  return (
    <Card title="Example" note="runs in a sandbox before it is published">
      <h3>Input</h3>
      <Json
        label="Input of the example"
        value={draft.exampleInput}
        onChange={(exampleInput) => set({ exampleInput })}
      />
      <h3>Output, where it is always the same</h3>
      <Json
        label="Output of the example"
        value={draft.exampleOutput}
        onChange={(exampleOutput) => set({ exampleOutput })}
      />
    </Card>
  )
}

interface JsonProps {
  label: string
  value: string
  onChange: (text: string) => void
}

function Json(props: JsonProps): ReactNode {
  return <CodeEditor {...props} language="json" rows={5} />
}
