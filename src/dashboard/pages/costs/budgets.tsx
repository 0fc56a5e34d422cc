/** Budgets: how much of each is used, and a form to set one. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { labelSubject } from '../../../budgets/subject.ts'
import type { Operations, ProblemError } from '../../../client/index.ts'
import { formatCount, formatRate, formatUsd } from '../../../format.ts'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { useMay, useSession, whyNot } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import { BudgetForm } from './budget-form.tsx'
import styles from './costs.module.css'

export type Budget = Operations['listBudgets']['reply']['data'][number]
const REFRESH_MS = 10_000

export function Budgets(): ReactNode {
  const mayEdit = useMay('admin')
  const [edited, setEdited] = useState<Budget | 'new' | null>(null)
  const add = (
    <button type="button" className={controls['button']} onClick={() => setEdited('new')}>
      New budget
    </button>
  )
  return (
    <Card title="Budgets" note="days and months of UTC; only known costs" actions={mayEdit ? add : undefined}>
      {edited !== null && (
        <BudgetForm
          key={edited === 'new' ? 'new' : edited.id}
          budget={edited === 'new' ? null : edited}
          onEnd={() => setEdited(null)}
        />
      )}
      <BudgetList onEdit={mayEdit ? setEdited : null} />
    </Card>
  )
}

interface BudgetListProps {
  /** Null: the key may not change them. */
  onEdit: ((budget: Budget) => void) | null
}

function BudgetList({ onEdit }: BudgetListProps): ReactNode {
  const { organization } = useWindow()
  const session = useSession()
  const unserved = whyNot(session, 'read', 'A budget')
  const state = session === undefined || unserved !== null ? 'paused' : 'active'
  const question = useDirectQuestion('listBudgets', { organization }, { refreshMs: REFRESH_MS, state })
  if (unserved !== null) return <Empty title={unserved} command="exectrail up" />
  return (
    <Answered question={question} what="the budgets">
      {({ data }) =>
        data.length === 0 ? (
          <Empty title="No budget is set" command="exectrail budget set 25 --per month" />
        ) : (
          <ul className={styles['budgets']}>
            {data.map((budget) => (
              <BudgetLine
                key={budget.id}
                budget={budget}
                onEdit={onEdit === null ? null : () => onEdit(budget)}
              />
            ))}
          </ul>
        )
      }
    </Answered>
  )
}

function BudgetLine({ budget, onEdit }: { budget: Budget; onEdit: (() => void) | null }): ReactNode {
  const { limitNanoUsd, spentNanoUsd, reservedNanoUsd, usedRatio, state, period, action, resetsAt } = budget
  const name = labelSubject(budget)
  return (
    <li className={styles['budget']} data-state={state}>
      <p className={styles['subject']}>
        <b className="untrusted">{visible(name)}</b>
        <span>
          {formatUsd(spentNanoUsd)} of {formatUsd(limitNanoUsd)} a {period}, {formatRate(usedRatio)}
        </span>
      </p>
      <meter
        className={styles['meter']}
        min={0}
        max={1}
        value={Math.min(1, usedRatio)}
        aria-label={`Used of the budget of ${visible(name)}`}
      />
      <p className={styles['detail']}>
        {state === 'exceeded' && (
          <strong>{action === 'refuse' ? 'Executions are refused. ' : 'Spent. '}</strong>
        )}
        {action === 'refuse' ? 'Refuses once it is spent' : 'Only warns'}; resets <Moment at={resetsAt} />
        {reservedNanoUsd > 0 && `; ${formatUsd(reservedNanoUsd)} reserved for what runs`}
        {`; ${formatCount(budget.count)} executions`}
        {budget.unpricedCount > 0 &&
          `, of ${formatCount(budget.unpricedCount)} the cost is unknown and not counted`}
        {onEdit !== null && <Actions budget={budget} name={visible(name)} onEdit={onEdit} />}
      </p>
    </li>
  )
}

function Actions({ budget, name, onEdit }: { budget: Budget; name: string; onEdit: () => void }): ReactNode {
  const queries = useQueryClient()
  const { mutate, isPending } = useMutation<Budget, ProblemError>({
    mutationFn: () => ask('deleteBudget', { id: budget.id }),
    onSuccess: () => notify({ text: `Deleted: the budget of ${name}`, tone: 'good' }),
    onError: ({ message }) => notify({ text: `Not deleted: ${message}`, tone: 'bad' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listBudgets'] }),
  })
  return (
    <span className={styles['actions']}>
      <button
        type="button"
        className={controls['button']}
        aria-label={`Change the budget of ${name}`}
        onClick={onEdit}
      >
        Change
      </button>
      <button
        type="button"
        className={controls['button']}
        aria-label={`Delete the budget of ${name}`}
        disabled={isPending}
        onClick={() => mutate()}
      >
        Delete
      </button>
    </span>
  )
}
