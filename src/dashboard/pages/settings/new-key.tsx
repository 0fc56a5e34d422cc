/** Makes a key, and shows its secret this once. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { KeyInput, Operations, ProblemError } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Form, textOf } from '../../components/form.tsx'
import { ShownOnce } from '../../components/shown-once.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import styles from './settings.module.css'

type Made = Operations['createKey']['reply']
const SCOPES = ['execute', 'read', 'write', 'admin'] as const

export function NewKey(): React.ReactNode {
  const queries = useQueryClient()
  const { mutate, data, error, isPending, reset } = useMutation<Made, ProblemError, KeyInput>({
    mutationFn: (input) => ask('createKey', input),
    // The secret is nowhere but on this page.
    gcTime: 0,
    onSettled: () => queries.invalidateQueries({ queryKey: ['listKeys'] }),
  })
  return (
    <div className={styles['new']}>
      <Card title="New key">
        {data === undefined ? (
          <Form
            label="New key"
            submit="Make the key"
            onSubmit={(given) => mutate(readForm(given))}
            fault={error?.message ?? null}
            isPending={isPending}
          >
            <Fields />
          </Form>
        ) : (
          <ShownOnce name={data.name} secret={data.secret} onEnd={reset} />
        )}
      </Card>
    </div>
  )
}

function Fields(): React.ReactNode {
  const [scopes, setScopes] = useState<readonly string[]>(['execute', 'read', 'write'])
  const toggle = (scope: string): void =>
    setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope])
  return (
    <>
      <NamedField label="Name" name="name" required />
      <NamedField label="Organization" name="organizationId" placeholder="empty: all, for admin" />
      <NamedField label="Workspace" name="workspaceId" placeholder="empty: all" />
      <NamedField label="Expires" name="expiresAt" type="date" />
      <fieldset>
        <legend>Scopes</legend>
        {SCOPES.map((scope) => (
          <label key={scope}>
            <input
              type="checkbox"
              name="scopes"
              value={scope}
              checked={scopes.includes(scope)}
              onChange={() => toggle(scope)}
            />
            {scope}
          </label>
        ))}
      </fieldset>
    </>
  )
}

/** What was filled in; an empty field is left out. */
function readForm(form: FormData): KeyInput {
  const text = (name: string): string | undefined => textOf(form, name) || undefined
  const scopes = SCOPES.filter((scope) => form.getAll('scopes').includes(scope))
  return {
    name: text('name') ?? '',
    organizationId: text('organizationId'),
    workspaceId: text('workspaceId'),
    expiresAt: text('expiresAt'),
    scopes,
  }
}
