/** A form made from the schema of the input, and a run of the version with what is in it. */
import { Play } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { AgentView, AnyRunInput, VersionView } from '../../../client/index.ts'
import { parseExactly } from '../../../exact-json.ts'
import type { RuntimeName } from '../../../execution.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { CodeEditor } from '../../components/code-editor.tsx'
import controls from '../../components/controls.module.css'
import { Refusal } from '../../components/refusal.tsx'
import { exactClient } from '../../data/execution.ts'
import { useSession, whyNot } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import { RunPane } from '../run/run-pane.tsx'
import { fieldsOfSchema } from '../run/schema-fields.ts'
import { SchemaForm } from '../run/schema-form.tsx'
import type { Run } from '../run/use-runs.ts'
import styles from './market-agent.module.css'

interface Trial {
  agent: AgentView
  version: VersionView
}

export function TryIt({ agent, version }: Trial): ReactNode {
  const { definition } = version
  const [input, setInput] = useState(() => firstInput(definition))
  const [runtime, setRuntime] = useState<RuntimeName>(definition.runtimes[0] ?? 'subprocess')
  const { run, fault, begin } = useTrial({ agent, version })
  const session = useSession()
  const refused = whyNot(session, 'execute', 'Running it')
  const submit = (): void => begin(input, runtime)
  return (
    <div className={styles['columns']}>
      <Card title="Input" note="what main(input) is given">
        <Input version={version} input={input} onChange={setInput} onSubmit={submit} />
        <RunControls
          version={version}
          runtime={runtime}
          onRuntime={setRuntime}
          onRun={refused === null ? submit : null}
        />
        {refused !== null && <p className={styles['quiet']}>{refused}</p>}
        {fault !== null && <Refusal error={fault} />}
      </Card>
      <section className={styles['column']} aria-label="Run">
        {run === null ? (
          <Examples version={version} onChoose={setInput} />
        ) : (
          <RunPane key={run.key} run={run} />
        )}
      </section>
    </div>
  )
}

interface RunControlsProps {
  version: VersionView
  runtime: RuntimeName
  onRuntime: (runtime: RuntimeName) => void
  /** Null: the key may not run it. */
  onRun: (() => void) | null
}

function RunControls({ version, runtime, onRuntime, onRun }: RunControlsProps): ReactNode {
  return (
    <div className={styles['run']}>
      <Choices
        label="Runtime"
        value={runtime}
        names={version.definition.runtimes}
        nameOf={(name) => name}
        onChange={onRuntime}
      />
      <button
        type="button"
        className={`${controls['button'] ?? ''} ${controls['primary'] ?? ''}`}
        disabled={onRun === null}
        onClick={onRun ?? undefined}
      >
        <Play size={14} aria-hidden="true" />
        Run {version.version}
      </button>
    </div>
  )
}

interface InputProps {
  version: VersionView
  input: string
  onChange: (input: string) => void
  onSubmit: () => void
}

function Input({ version, input, onChange, onSubmit }: InputProps): ReactNode {
  const { inputSchema } = version.definition
  const fields = inputSchema === undefined ? null : fieldsOfSchema(JSON.stringify(inputSchema))
  return (
    <>
      {fields !== null && <SchemaForm fields={fields} input={input} onChange={onChange} />}
      <details open={fields === null} className={styles['json']}>
        <summary>JSON</summary>
        <CodeEditor
          label="Input, JSON"
          language="json"
          rows={6}
          value={input}
          onChange={onChange}
          onSubmit={onSubmit}
        />
      </details>
    </>
  )
}

function Examples({
  version,
  onChoose,
}: {
  version: VersionView
  onChoose: (input: string) => void
}): ReactNode {
  const { examples } = version.definition
  return (
    <Card title="Examples" note="each ran when it was published">
      {examples.length === 0 ? (
        <p className={styles['quiet']}>It has no examples.</p>
      ) : (
        <ul className={styles['examples']}>
          {examples.map(({ name, input, output }) => (
            <li key={name}>
              <button
                type="button"
                className={controls['button']}
                aria-label={`Use the input of ${name}`}
                onClick={() => onChoose(JSON.stringify(input ?? null, null, 2))}
              >
                {visible(name)}
              </button>
              {output !== undefined && <code className="untrusted">{shortJson(output)}</code>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

const SHOWN_MAX = 200

function shortJson(value: unknown): string {
  const text = JSON.stringify(value)
  return visible(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text)
}

function firstInput({ examples, inputSchema }: VersionView['definition']): string {
  const input = examples[0]?.input
  if (input !== undefined) return JSON.stringify(input, null, 2)
  return inputSchema === undefined ? 'null' : '{}'
}

/** Begins a run of the version; a later one takes its place. */
function useTrial({ agent, version }: Trial) {
  const { organization } = useWindow()
  const session = useSession()
  const [run, setRun] = useState<Run | null>(null)
  const [fault, setFault] = useState<Error | null>(null)
  const begin = (input: string, runtime: RuntimeName): void => {
    try {
      const runner = session?.key.organizationId ?? organization
      const request = toRequest({ agent, version }, { runtime, text: input, runner })
      const begun = exactClient.startCode(request).then(({ executionId }) => executionId)
      // The pane shows why it did not begin.
      begun.catch(() => undefined)
      setRun({ key: crypto.randomUUID(), runtime, begun })
      setFault(null)
    } catch (error) {
      setFault(error instanceof Error ? error : new Error(String(error)))
    }
  }
  return { run, fault, begin }
}

interface Asked {
  runtime: RuntimeName
  /** Of the input: JSON, or nothing. */
  text: string
  /** The organization that it runs for, unless it is `default`. */
  runner: string | undefined
}

/** @throws {SyntaxError} for an input that is no JSON */
function toRequest({ agent, version }: Trial, { runtime, text, runner }: Asked): AnyRunInput {
  const input: unknown = text.trim() === '' ? null : parseExactly(text)
  const context = runner === undefined ? {} : { organizationId: runner }
  if (isSeenBy(runner ?? 'default', { agent, version }))
    return { agent: `${agent.name}@${version.version}`, runtime, input, context }
  const { language, code, files, limits, network, policy, inputSchema, outputSchema } = version.definition
  const rules = { files, limits, network, policy, inputSchema, outputSchema }
  const ids = { codeAgentId: agent.name, codeAgentVersion: version.version }
  return { runtime, language, code, input, ...rules, context: { ...context, ...ids } }
}

/** An administrator also tries what only its owner sees, such as a version that waits for a review: it runs by its code. */
function isSeenBy(organization: string, { agent, version }: Trial): boolean {
  return agent.organizationId === organization || (agent.isReviewed && version.review === 'approved')
}
