/** Namespaces of the organization: make one, give one to another organization, answer an offer. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { NamespaceView, ProblemError } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { faultOf, Form, textOf } from '../../components/form.tsx'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { useMay } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import styles from './marketplace.module.css'
import { OfferedToUs, Offering } from './namespace-offer.tsx'
import { useOwner } from './owner.ts'

/** The other side may answer at any time. */
const REFRESH_MS = 10_000

export function Namespaces(): ReactNode {
  const { organization } = useWindow()
  const question = useDirectQuestion('listAgentNamespaces', { organization }, { refreshMs: REFRESH_MS })
  return (
    <div className={styles['browse']}>
      <p className={styles['about']}>
        The first part of an agent’s name. A namespace belongs to the organization that first publishes in it
        or makes it here, and can be given, with its agents, to another.
      </p>
      <NewNamespace />
      <Answered question={question} what="the namespaces">
        {({ data }) => <Listed namespaces={data} />}
      </Answered>
    </div>
  )
}

function Listed({ namespaces }: { namespaces: readonly NamespaceView[] }): ReactNode {
  const { organization, isEveryone } = useOwner('Giving a namespace away')
  if (namespaces.length === 0)
    return (
      <Empty title="No namespace yet" command="exectrail agent init acme/summer">
        <p>Make one above, or publish an agent: its namespace becomes yours.</p>
      </Empty>
    )
  const isOurs = (one: NamespaceView): boolean => isEveryone || one.organizationId === organization
  const offered = namespaces.filter((one) => !isOurs(one) && one.offeredTo === organization)
  const given = namespaces.filter((one) => !isOurs(one) && one.offeredTo !== organization)
  return (
    <div className={styles['browse']}>
      {offered.map((one) => (
        <OfferedToUs key={one.name} namespace={one} />
      ))}
      {namespaces.filter(isOurs).map((one) => (
        <Own key={one.name} namespace={one} />
      ))}
      {given.map((one) => (
        <Card key={one.name} title={visible(one.name)} note="given away">
          <p className="untrusted">
            {visible(one.organizationId)} took it over with its agents, <Moment at={one.movedAt} />.
          </p>
        </Card>
      ))}
    </div>
  )
}

function Own({ namespace }: { namespace: NamespaceView }): ReactNode {
  const { name, organizationId, createdAt, createdBy, movedFrom, movedAt } = namespace
  // Its owner is no organization.
  const isBuiltIn = organizationId === ''
  return (
    <Card
      title={visible(name)}
      note={
        <>
          {isBuiltIn ? 'comes with exectrail' : `of ${visible(organizationId)}`},{' '}
          {movedFrom === null ? (
            <>
              made <Moment at={createdAt} />
            </>
          ) : (
            <>
              taken over from {visible(movedFrom)} <Moment at={movedAt} />
            </>
          )}
          {createdBy !== null && ` by ${visible(createdBy)}`}
        </>
      }
      actions={
        <Link
          to="/marketplace"
          search={{ q: name, owner: 'own' }}
          className={controls['button']}
          aria-label={`Agents of ${name}`}
        >
          Agents
        </Link>
      }
    >
      {!isBuiltIn && <Offering namespace={namespace} />}
    </Card>
  )
}

function NewNamespace(): ReactNode {
  const { organization } = useOwner('Making a namespace')
  const mayMake = useMay('write')
  const queries = useQueryClient()
  const [round, setRound] = useState(0)
  const { mutate, error, isPending } = useMutation<NamespaceView, ProblemError, FormData>({
    mutationFn: (given) => ask('createAgentNamespace', { name: textOf(given, 'name'), organization }),
    onSuccess: ({ name }) => {
      notify({ text: `Yours: the namespace ${name}`, tone: 'good' })
      setRound(round + 1)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAgentNamespaces'] }),
  })
  if (!mayMake) return null
  return (
    <Card title="New namespace" note={organization === undefined ? undefined : `of ${visible(organization)}`}>
      <Form
        key={round}
        label="New namespace"
        submit="Make it"
        onSubmit={mutate}
        fault={faultOf(error)}
        isPending={isPending}
      >
        <NamedField label="Name" name="name" required placeholder="acme" maxLength={40} />
      </Form>
    </Card>
  )
}
