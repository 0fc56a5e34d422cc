/** Both sides of giving a namespace to another organization: offer and cancel, accept and decline. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { NamespaceView, ProblemError } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { ConfirmedButton } from '../../components/confirmed-button.tsx'
import controls from '../../components/controls.module.css'
import { faultOf, Form, textOf } from '../../components/form.tsx'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './marketplace.module.css'
import { useOwner } from './owner.ts'

/** Of the owner: what stands of an offer, and the form for one. */
export function Offering({ namespace }: { namespace: NamespaceView }): ReactNode {
  const { name, organizationId, offeredTo, offeredAt, declinedBy, declinedAt } = namespace
  const { refused } = useOwner('Giving a namespace away')
  const { mutate, isPending } = useTransfer(namespace)
  if (offeredTo !== null)
    return (
      <div className={styles['offer']}>
        <p className="untrusted">
          Offered to <b>{visible(offeredTo)}</b> with its agents, <Moment at={offeredAt} />. It stays yours
          until they accept.
        </p>
        {refused === null && (
          <button
            type="button"
            className={controls['button']}
            aria-label={`Cancel the offer of ${name}`}
            disabled={isPending}
            onClick={() => mutate({ kind: 'offer', to: null, organization: organizationId })}
          >
            Cancel the offer
          </button>
        )}
      </div>
    )
  return (
    <>
      {declinedBy !== null && (
        <p className={`untrusted ${styles['warning'] ?? ''}`}>
          {visible(declinedBy)} declined it, <Moment at={declinedAt} />.
        </p>
      )}
      {refused === null ? <OfferForm namespace={namespace} /> : <p className={styles['quiet']}>{refused}.</p>}
    </>
  )
}

function OfferForm({ namespace }: { namespace: NamespaceView }): ReactNode {
  const { name, organizationId } = namespace
  const [phase, setPhase] = useState<'shown' | 'asked'>('shown')
  const { mutate, error, isPending } = useTransfer(namespace)
  if (phase === 'shown')
    return (
      <button
        type="button"
        className={controls['button']}
        aria-label={`Give ${name} to another organization`}
        onClick={() => setPhase('asked')}
      >
        Give it to another organization …
      </button>
    )
  return (
    <Form
      label={`Offer ${name}`}
      submit="Offer it"
      onSubmit={(given) => mutate({ kind: 'offer', to: textOf(given, 'to'), organization: organizationId })}
      onCancel={() => setPhase('shown')}
      fault={faultOf(error)}
      isPending={isPending}
    >
      <NamedField label="Organization that may take it, with its agents" name="to" required />
    </Form>
  )
}

/** Of the organization that is offered one. */
export function OfferedToUs({ namespace }: { namespace: NamespaceView }): ReactNode {
  const { name, organizationId, offeredTo, offeredAt } = namespace
  const { refused } = useOwner('Answering an offer')
  const { mutate, error, isPending } = useTransfer(namespace)
  const organization = offeredTo ?? undefined
  return (
    <Card title={visible(name)} note="offered to you">
      <p className="untrusted">
        <b>{visible(organizationId)}</b> offers you this namespace with its agents, <Moment at={offeredAt} />.
      </p>
      {refused === null ? (
        <p className={`${styles['buttons'] ?? ''} ${styles['answer'] ?? ''}`}>
          <button
            type="button"
            className={`${controls['button'] ?? ''} ${controls['primary'] ?? ''}`}
            aria-label={`Accept ${name}`}
            disabled={isPending}
            onClick={() => mutate({ kind: 'accept', organization })}
          >
            Accept
          </button>
          <ConfirmedButton
            act="Decline"
            of={name}
            warning={`It stays with ${visible(organizationId)}, which sees that.`}
            confirm="Decline it"
            isPending={isPending}
            onConfirm={() => mutate({ kind: 'decline', organization })}
          />
        </p>
      ) : (
        <p className={styles['quiet']}>{refused}.</p>
      )}
      {error !== null && <p role="alert">{faultOf(error)}</p>}
    </Card>
  )
}

type Step =
  | { kind: 'offer'; to: string | null; organization: string }
  | { kind: 'accept' | 'decline'; organization: string | undefined }

function useTransfer({ name }: NamespaceView) {
  const queries = useQueryClient()
  return useMutation<NamespaceView, ProblemError, Step>({
    mutationFn: (step) => {
      const at = { namespace: name, organization: step.organization }
      if (step.kind === 'offer') return ask('offerAgentNamespace', { ...at, to: step.to })
      return ask(step.kind === 'accept' ? 'acceptAgentNamespace' : 'declineAgentNamespace', at)
    },
    onSuccess: (after, step) => notify({ text: doneWords(after, step), tone: 'good' }),
    onSettled: () =>
      Promise.all(
        ['listAgentNamespaces', 'searchAgents', 'getAgent'].map((question) =>
          queries.invalidateQueries({ queryKey: [question] }),
        ),
      ),
  })
}

function doneWords({ name, offeredTo }: NamespaceView, step: Step): string {
  if (step.kind === 'accept') return `Yours with its agents: ${name}`
  if (step.kind === 'decline') return `Declined: ${name}`
  return offeredTo === null ? `No longer offered: ${name}` : `${name} is offered to ${offeredTo}`
}
