import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { Operations, ProblemError } from '../../../client/index.ts'
import { toNanoUsd } from '../../../cost/money.ts'
import controls from '../../components/controls.module.css'
import { Form, textOf } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import { useWindow } from '../../search/window.ts'
import type { Budget } from './budgets.tsx'

type BudgetInput = Operations['setBudget']['input']

const SUBJECTS = [
  { name: 'organizationId', title: 'Organization', empty: "empty: the key's, or default" },
  { name: 'workspaceId', title: 'Workspace', empty: 'empty: every one' },
  { name: 'codeAgentId', title: 'Agent', empty: 'empty: every one' },
  { name: 'userId', title: 'User', empty: 'empty: every one' },
] as const

/** A new budget, or another limit and action for one that is there. */
export function BudgetForm({ budget, onEnd }: { budget: Budget | null; onEnd: () => void }): ReactNode {
  const { organization } = useWindow()
  const { submit, fault, isPending } = useSetBudget(budget, onEnd)
  return (
    <Form
      label={budget === null ? 'New budget' : 'Change the budget'}
      submit="Set the budget"
      onSubmit={submit}
      onCancel={onEnd}
      fault={fault}
      isPending={isPending}
    >
      {budget === null && <Subject organization={organization} />}
      <Terms budget={budget} />
    </Form>
  )
}

function useSetBudget(budget: Budget | null, onEnd: () => void) {
  const queries = useQueryClient()
  const [fault, setFault] = useState<string | null>(null)
  const { mutate, isPending } = useMutation<Budget, ProblemError, BudgetInput>({
    mutationFn: (input) => ask('setBudget', input),
    onSuccess: () => {
      notify({ text: 'The budget is set', tone: 'good' })
      onEnd()
    },
    onError: ({ message }) => setFault(message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listBudgets'] }),
  })
  const submit = (form: FormData): void => {
    const input = readForm(form, budget)
    if (input === null) setFault('Write an amount of USD such as 25 or 0.50')
    else mutate(input)
  }
  return { submit, fault, isPending }
}

/** Whose executions, and in which period: fixed once it is made. */
function Subject({ organization }: { organization: string | undefined }): ReactNode {
  return (
    <>
      {SUBJECTS.map(({ name, title, empty }) => (
        <NamedField
          key={name}
          label={title}
          name={name}
          placeholder={empty}
          defaultValue={name === 'organizationId' ? organization : undefined}
        />
      ))}
      <label>
        Period (UTC)
        <select className={controls['select']} name="period">
          <option value="month">month</option>
          <option value="day">day</option>
        </select>
      </label>
    </>
  )
}

function Terms({ budget }: { budget: Budget | null }): ReactNode {
  return (
    <>
      <NamedField
        label="USD"
        name="usd"
        inputMode="decimal"
        required
        defaultValue={budget === null ? undefined : String(budget.limitNanoUsd / 1e9)}
      />
      <label>
        Once it is spent
        <select className={controls['select']} name="action" defaultValue={budget?.action}>
          <option value="warn">only warn</option>
          <option value="refuse">refuse executions</option>
        </select>
      </label>
    </>
  )
}

/** Null for what is no amount. An empty field is every one. */
function readForm(form: FormData, budget: Budget | null): BudgetInput | null {
  const text = (name: string): string => textOf(form, name)
  const limitNanoUsd = toNanoUsd(text('usd'))
  if (limitNanoUsd === null) return null
  const terms = { limitNanoUsd, action: text('action') === 'refuse' ? 'refuse' : 'warn' } as const
  if (budget !== null) {
    const { organizationId, workspaceId, codeAgentId, userId, period } = budget
    return { organizationId, workspaceId, codeAgentId, userId, period, ...terms }
  }
  return {
    organizationId: text('organizationId') || undefined,
    workspaceId: text('workspaceId') || null,
    codeAgentId: text('codeAgentId') || null,
    userId: text('userId') || null,
    period: text('period') === 'day' ? 'day' : 'month',
    ...terms,
  }
}
