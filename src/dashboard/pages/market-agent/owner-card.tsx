import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type {
  AgentView,
  ProblemError,
  VersionStatus,
  VersionView,
  Visibility,
} from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { faultOf, Form, textOf } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import { useMay } from '../../data/session.ts'
import { splitName } from '../../search/market-address.ts'
import { useWindow } from '../../search/window.ts'
import styles from './market-agent.module.css'

const VISIBILITIES = [
  'private',
  'workspace',
  'organization',
  'public',
] as const satisfies readonly Visibility[]
const STATUSES = ['active', 'deprecated', 'yanked'] as const satisfies readonly VersionStatus[]
const STATUS_WORDS = {
  active: 'active',
  deprecated: 'deprecated: others are better',
  yanked: 'yanked: not for new uses',
} as const

type Change =
  | { kind: 'visibility'; visibility: Visibility }
  | { kind: 'status'; status: VersionStatus; reason: string | null }
  | { kind: 'tag'; tag: string }

/** What its owner changes: who sees it, the state of the version shown, tags. */
export function OwnerCard({ agent, version }: { agent: AgentView; version: VersionView }): ReactNode {
  const mayChange = useMay('write')
  const { mutate, error, isPending, variables } = useChange(agent, version)
  const refusalOf = (kind: Change['kind']): string | null =>
    variables?.kind === kind ? faultOf(error) : null
  if (!mayChange) return null
  return (
    <Card title="Owner" note={`changes ${version.version}`}>
      <div className={styles['forms']}>
        <VisibilityForm
          key={agent.visibility}
          current={agent.visibility}
          onSet={(visibility) => mutate({ kind: 'visibility', visibility })}
          fault={refusalOf('visibility')}
          isPending={isPending}
        />
        <StateForm
          current={version.status}
          onSet={(status, reason) => mutate({ kind: 'status', status, reason })}
          fault={refusalOf('status')}
          isPending={isPending}
        />
        <Form
          label="Tag"
          submit="Put the tag here"
          onSubmit={(given) => mutate({ kind: 'tag', tag: textOf(given, 'tag') })}
          fault={refusalOf('tag')}
          isPending={isPending}
        >
          <NamedField label="Tag" name="tag" required placeholder="stable" maxLength={40} />
        </Form>
      </div>
    </Card>
  )
}

interface VisibilityFormProps {
  current: Visibility
  onSet: (visibility: Visibility) => void
  fault: string | null
  isPending: boolean
}

/** A button of its own: the keyboard passes through choices on its way. */
function VisibilityForm({ current, onSet, fault, isPending }: VisibilityFormProps): ReactNode {
  const [visibility, setVisibility] = useState(current)
  return (
    <Form
      label="Visibility"
      submit="Set who sees it"
      onSubmit={() => onSet(visibility)}
      fault={fault}
      isPending={isPending}
    >
      <Choices
        label="Who sees it"
        value={visibility}
        names={VISIBILITIES}
        nameOf={(name) => (name === 'public' ? 'public, after a review' : name)}
        onChange={setVisibility}
      />
    </Form>
  )
}

interface StateFormProps {
  current: VersionStatus
  onSet: (status: VersionStatus, reason: string | null) => void
  fault: string | null
  isPending: boolean
}

function StateForm({ current, onSet, fault, isPending }: StateFormProps): ReactNode {
  const [status, setStatus] = useState(current)
  return (
    <Form
      label="State"
      submit="Set the state"
      onSubmit={(given) => onSet(status, textOf(given, 'reason') || null)}
      fault={fault}
      isPending={isPending}
    >
      <Choices
        label="State"
        value={status}
        names={STATUSES}
        nameOf={(name) => STATUS_WORDS[name]}
        onChange={setStatus}
      />
      <NamedField label="Reason, shown wherever it is used" name="reason" maxLength={1000} />
    </Form>
  )
}

function useChange(agent: AgentView, { version }: VersionView) {
  const { organization } = useWindow()
  const queries = useQueryClient()
  const at = { ...splitName(agent.name), organization }
  return useMutation<AgentView, ProblemError, Change>({
    mutationFn: (change) => {
      if (change.kind === 'visibility') return ask('changeAgent', { ...at, visibility: change.visibility })
      if (change.kind === 'tag') return ask('putAgentTag', { ...at, tag: change.tag, version })
      return ask('changeAgentStatus', { ...at, version, status: change.status, reason: change.reason })
    },
    onSuccess: (_, change) => notify({ text: doneWords(change, version), tone: 'good' }),
    onSettled: () =>
      Promise.all(
        ['getAgent', 'getAgentVersion', 'searchAgents', 'listInstalledAgents'].map((name) =>
          queries.invalidateQueries({ queryKey: [name] }),
        ),
      ),
  })
}

function doneWords(change: Change, version: string): string {
  if (change.kind === 'visibility') return `Seen by: ${change.visibility}`
  return change.kind === 'tag' ? `${change.tag} is ${version} now` : `${version} is ${change.status} now`
}
