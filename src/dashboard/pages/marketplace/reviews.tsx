/** Versions that wait until an administrator of the installation approves them for everyone. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { AgentReview, AgentView, ProblemError } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { faultOf, Form, textOf } from '../../components/form.tsx'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { marketAddress, splitName } from '../../search/market-address.ts'
import styles from './marketplace.module.css'

const REFRESH_MS = 30_000

export function Reviews(): ReactNode {
  const reviews = useDirectQuestion('listAgentReviews', {}, { refreshMs: REFRESH_MS })
  return (
    <div className={styles['browse']}>
      <Answered question={reviews} what="the reviews">
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No version waits for a review">
              <p>A version waits here when its owner makes the agent public.</p>
            </Empty>
          ) : (
            data.map((review) => <Review key={`${review.name}@${review.version}`} review={review} />)
          )
        }
      </Answered>
    </div>
  )
}

function Review({ review }: { review: AgentReview }): ReactNode {
  const { name, version, organizationId, publishedAt, sha256 } = review
  return (
    <Card
      title={`${name} ${version}`}
      note={
        <>
          of {visible(organizationId)}, <Moment at={publishedAt} />
        </>
      }
      actions={
        <Link {...marketAddress(name)} search={{ version, show: 'code' }} className={controls['button']}>
          Read its code
        </Link>
      }
    >
      <p className={styles['quiet']}>
        sha256 <code>{sha256}</code>
      </p>
      <Deciding review={review} />
    </Card>
  )
}

/** A refusal says why. */
function Deciding({ review }: { review: AgentReview }): ReactNode {
  const { name, version } = review
  const [asked, setAsked] = useState<'nothing' | 'why'>('nothing')
  const { mutate, error, isPending } = useDecision(review)
  if (asked === 'why')
    return (
      <Form
        label={`Refuse ${name}`}
        submit="Refuse it"
        onSubmit={(given) => mutate({ decision: 'refused', reason: textOf(given, 'reason') })}
        onCancel={() => setAsked('nothing')}
        fault={faultOf(error)}
        isPending={isPending}
      >
        <NamedField label="Why, which its owner sees" name="reason" required maxLength={1000} />
      </Form>
    )
  return (
    <span className={styles['buttons']}>
      <button
        type="button"
        className={`${controls['button'] ?? ''} ${controls['primary'] ?? ''}`}
        aria-label={`Approve for everyone: ${name} ${version}`}
        disabled={isPending}
        onClick={() => mutate({ decision: 'approved', reason: null })}
      >
        Approve for everyone
      </button>
      <button type="button" className={controls['button']} onClick={() => setAsked('why')}>
        Refuse …
      </button>
    </span>
  )
}

interface Decision {
  decision: 'approved' | 'refused'
  reason: string | null
}

function useDecision({ name, version }: AgentReview) {
  const queries = useQueryClient()
  return useMutation<AgentView, ProblemError, Decision>({
    mutationFn: (decision) => ask('reviewAgent', { ...splitName(name), version, ...decision }),
    onSuccess: (_, { decision }) =>
      notify({
        text: `${decision === 'approved' ? 'Approved' : 'Refused'}: ${name} ${version}`,
        tone: 'good',
      }),
    onError: ({ message }) => notify({ text: message, tone: 'bad' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAgentReviews'] }),
  })
}
