/** Under which name it is published, and for which runtimes. */
import type { ReactNode } from 'react'
import { LANGUAGES, RUNTIMES, type RuntimeName } from '../../../execution.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { useWindow } from '../../search/window.ts'
import { useOwner } from '../marketplace/owner.ts'
import form from '../../components/form.module.css'
import type { PublishDraft } from './draft.ts'
import styles from './publish.module.css'

interface AboutProps {
  draft: PublishDraft
  set: (part: Partial<PublishDraft>) => void
}

const TEXTS = [
  ['name', 'Name', 'namespace/name'],
  ['version', 'Version', '1.0.0'],
  ['description', 'Description, one line', 'Adds the numbers of a list'],
  ['license', 'Licence, SPDX', 'Apache-2.0'],
  ['topics', 'Topics, with commas', 'math, lists'],
  ['repository', 'Repository it comes from', 'https://example.com/acme/summer'],
  ['commit', 'Commit', '4f2a91c'],
] as const

export function About({ draft, set }: AboutProps): ReactNode {
  return (
    <Card title="Agent" note="a version never changes once it is published">
      <div className={form['fields']}>
        {TEXTS.map(([name, label, placeholder]) => (
          <TextField
            key={name}
            label={label}
            value={draft[name]}
            placeholder={placeholder}
            onChange={(value) => set({ [name]: value })}
          />
        ))}
        <Choices
          label="Language"
          value={draft.language}
          names={LANGUAGES}
          nameOf={(name) => name}
          onChange={(language) => set({ language })}
        />
        <Runtimes draft={draft} set={set} />
      </div>
      <Namespaces draft={draft} set={set} />
    </Card>
  )
}

function Runtimes({ draft, set }: AboutProps): ReactNode {
  const toggle = (name: RuntimeName): void =>
    set({
      runtimes: draft.runtimes.includes(name)
        ? draft.runtimes.filter((one) => one !== name)
        : [...draft.runtimes, name],
    })
  return (
    <fieldset>
      <legend>Runtimes it may run on; the first chosen is the default</legend>
      {RUNTIMES.map((name) => (
        <label key={name}>
          <input type="checkbox" checked={draft.runtimes.includes(name)} onChange={() => toggle(name)} />
          {name}
        </label>
      ))}
    </fieldset>
  )
}

/** Those of the organization, to begin the name with. */
function Namespaces({ draft, set }: AboutProps): ReactNode {
  const { organization } = useWindow()
  const { data } = useDirectQuestion('listAgentNamespaces', { organization })
  const { organization: owner } = useOwner('Publishing')
  const own = (data?.data ?? []).filter(({ organizationId }) => organizationId === owner)
  const names = own.map(({ name }) => name).slice(0, 8)
  if (names.length === 0)
    return (
      <p className={styles['quiet']}>A namespace belongs to the first organization that publishes in it.</p>
    )
  const [, rest = ''] = draft.name.split('/')
  return (
    <p className={styles['quiet']}>
      Our namespaces:{' '}
      {names.map((name) => (
        <button
          key={name}
          type="button"
          className={styles['namespace']}
          onClick={() => set({ name: `${name}/${rest}` })}
        >
          {name}/
        </button>
      ))}
    </p>
  )
}
