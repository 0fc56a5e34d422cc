/** Makes a link to content of an execution, for who has no key. */
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ContentLink } from '../../../client/content.ts'
import type { ProblemError } from '../../../client/index.ts'
import { CONTENT_PARTS, type ContentPart } from '../../../record/content-parts.ts'
import { Card } from '../../components/card.tsx'
import { CodeToCopy } from '../../components/code-to-copy.tsx'
import controls from '../../components/controls.module.css'
import { Form, textOf } from '../../components/form.tsx'
import { Moment } from '../../components/moment.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import type { Ended } from '../../data/execution.ts'
import { firstCharacters, visible } from '../../format/visible-text.ts'
import styles from './panel.module.css'

/** Files beyond these have links by the command line. */
const FILES_MAX = 100
const NAME_MAX = 80
const SPANS = [
  { seconds: 600, name: '10 minutes' },
  { seconds: 3600, name: '1 hour' },
] as const

interface Choice {
  name: string
  to: { part: ContentPart } | { file: string }
}

interface Asked extends Choice {
  expiresInSeconds: number
}

/** Nothing where there is no content. */
export function LinkCard({ record }: { record: Ended }): ReactNode {
  const choices = useChoices(record)
  const { executionId: id, organizationId: organization } = record
  const { mutate, data, variables, error, isPending } = useMutation<ContentLink, ProblemError, Asked>({
    mutationFn: ({ to, expiresInSeconds }) =>
      ask('createContentLink', { id, organization, ...to, expiresInSeconds }),
  })
  if (choices.length === 0) return null
  const submit = (given: FormData): void => {
    const choice = choices[Number(textOf(given, 'content'))]
    if (choice !== undefined) mutate({ ...choice, expiresInSeconds: Number(textOf(given, 'seconds')) })
  }
  return (
    <Card title="Link" note="to content, for who has no key">
      <Form
        label="Link to content"
        submit="Make a link"
        onSubmit={submit}
        fault={error?.message ?? null}
        isPending={isPending}
      >
        <Fields choices={choices} />
      </Form>
      {data !== undefined && variables !== undefined && (
        <div className={styles['made']} aria-live="polite">
          <p>
            Whoever has it reads <b className="untrusted">{variables.name}</b> until{' '}
            <Moment at={data.expiresAt} />.
          </p>
          <CodeToCopy text={data.url} what="the link" />
        </div>
      )}
    </Card>
  )
}

function Fields({ choices }: { choices: readonly Choice[] }): ReactNode {
  return (
    <>
      <label>
        Content
        <select className={controls['select']} name="content">
          {choices.map(({ name }, index) => (
            <option key={name} value={index}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        For
        <select className={controls['select']} name="seconds">
          {SPANS.map(({ seconds, name }) => (
            <option key={seconds} value={seconds}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </>
  )
}

function useChoices(record: Ended): Choice[] {
  const state = record.filesBlob === null ? 'paused' : 'active'
  const files = useDirectQuestion('listOutFiles', { id: record.executionId }, { state })
  const parts = CONTENT_PARTS.filter((part) => hasContent(record, part))
  return [
    ...parts.map((part) => ({ name: part, to: { part } })),
    ...(files.data?.data ?? []).slice(0, FILES_MAX).map(({ path }) => ({
      name: `/out/${visible(firstCharacters(path, NAME_MAX))}`,
      to: { file: path },
    })),
  ]
}

function hasContent(record: Ended, part: ContentPart): boolean {
  if (record[`${part}Blob`] !== null) return true
  const kept = record[part]
  return kept !== null && kept !== ''
}
