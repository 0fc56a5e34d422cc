import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AgentView, ProblemError, VersionView } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { faultOf, Form, textOf } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import { useMay } from '../../data/session.ts'
import { marketAddress, splitName } from '../../search/market-address.ts'
import { useWindow } from '../../search/window.ts'

/** Copies the version into a namespace of the reader, which then is theirs to change. */
export function ForkCard({ agent, version }: { agent: AgentView; version: VersionView }): ReactNode {
  const { organization } = useWindow()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const mayFork = useMay('write')
  const { mutate, error, isPending } = useMutation<VersionView, ProblemError, FormData>({
    mutationFn: (given) =>
      ask('forkAgent', {
        ...splitName(agent.name),
        selector: version.version,
        to: textOf(given, 'to'),
        version: textOf(given, 'version') || undefined,
        organization,
      }),
    onSuccess: async (made) => {
      notify({ text: `Made ${made.name} ${made.version}: private until you let others see it`, tone: 'good' })
      await queries.invalidateQueries({ queryKey: ['searchAgents'] })
      await navigate({ ...marketAddress(made.name) })
    },
  })
  if (!mayFork) return null
  return (
    <Card title="Fork" note={`a copy of ${version.version} of your own`}>
      <Form
        label={`Fork ${agent.name}`}
        submit="Fork it"
        onSubmit={mutate}
        fault={faultOf(error)}
        isPending={isPending}
      >
        <NamedField label="Name of the copy" name="to" required placeholder="namespace/name" maxLength={81} />
        <NamedField label="Version of the copy" name="version" placeholder={version.version} maxLength={64} />
      </Form>
    </Card>
  )
}
