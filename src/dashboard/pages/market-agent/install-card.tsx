import { useState, type ReactNode } from 'react'
import type { AgentView, VersionView } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { CodeToCopy } from '../../components/code-to-copy.tsx'
import controls from '../../components/controls.module.css'
import { Form } from '../../components/form.tsx'
import { useMay } from '../../data/session.ts'
import { useInstalling } from '../marketplace/installed.tsx'
import styles from './market-agent.module.css'
import { tagsAt } from './version-choice.tsx'

/** Installs it: a range keeps up with its versions, a version stays. */
export function InstallCard({ agent, version }: { agent: AgentView; version: VersionView }): ReactNode {
  const references = referencesTo(agent, version.version)
  const [chosen, setChosen] = useState<string | null>(null)
  const reference = references.find(({ value }) => value === chosen) ?? references[0]
  const mayInstall = useMay('write')
  const { mutate, isPending } = useInstalling()
  const { installed, name } = agent
  if (reference === undefined) return null
  const target = reference.value === '*' ? name : `${name}@${reference.value}`
  return (
    <Card
      title={installed === null ? 'Install' : 'Installed'}
      note={installed === null ? undefined : standing(installed)}
    >
      {mayInstall && (
        <Form
          label={`Install ${name}`}
          submit={installed === null ? 'Install' : 'Install this instead'}
          onSubmit={() => mutate({ name, agent: target })}
          fault={null}
          isPending={isPending}
        >
          <Choices
            label="Versions it may move to"
            value={reference.value}
            names={references.map(({ value }) => value)}
            nameOf={(value) => references.find((one) => one.value === value)?.words ?? value}
            onChange={setChosen}
          />
        </Form>
      )}
      <p className={styles['quiet']}>Run it by its name:</p>
      <CodeToCopy text={`exectrail run ${target} --input ${inputOf(version)}`} />
      {installed !== null && mayInstall && <Remove name={name} />}
    </Card>
  )
}

function Remove({ name }: { name: string }): ReactNode {
  const { mutate, isPending } = useInstalling()
  return (
    <button
      type="button"
      className={`${controls['button'] ?? ''} ${styles['remove'] ?? ''}`}
      disabled={isPending}
      onClick={() => mutate({ name, agent: null })}
    >
      Remove
    </button>
  )
}

function standing({ reference, version }: { reference: string; version: string }): string {
  return `${reference}, stands at ${version}`
}

const SHELL_INPUT_MAX = 120

/** That of the first example, quoted for a shell. */
function inputOf({ definition: { examples } }: VersionView): string {
  const text = JSON.stringify(examples[0]?.input ?? {})
  const isShort = text.length <= SHELL_INPUT_MAX && /^[ -~]*$/u.test(text)
  return isShort ? `'${text.replaceAll("'", String.raw`'\''`)}'` : "'{}'"
}

interface Choice {
  value: string
  words: string
}

/** What may be installed so that the version shown is among it. */
function referencesTo(agent: AgentView, version: string): Choice[] {
  const [major = '0', minor = '0'] = version.split('.')
  const compatible = major === '0' ? `^0.${minor}` : `^${major}.${minor}`
  const tags = tagsAt(agent, version).map((tag) => ({ value: tag, words: `what is tagged ${tag}` }))
  const pin = { value: version, words: `${version} alone` }
  // A range leaves out prereleases.
  if (version.includes('-')) return [pin, ...tags]
  return [{ value: compatible, words: `${compatible}: what is compatible` }, pin, ...tags]
}
