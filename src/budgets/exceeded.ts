/** The error of an execution that a budget refuses, and the warning of a budget. */
import { periodAt } from '../cost/period.ts'
import { ExectrailError } from '../errors.ts'
import type { BudgetWarning } from '../metadata/budget-ledger.ts'
import type { Budget } from '../metadata/budgets.ts'
import { formatUsd } from '../format.ts'
import { describeSubject } from './subject.ts'

/** What running executions have reserved is free again once they end. */
const RESERVED_RETRY_MS = 1_000

/** @param now ms since the epoch */
export function budgetExceeded(
  budget: Budget,
  { spent, reserved, now }: { spent: number; reserved: number; now: number },
): ExectrailError {
  const { to: resetsAt } = periodAt(budget.period, now)
  const isSpent = spent >= budget.limitNanoUsd
  const running = isSpent ? '' : ` and ${formatUsd(reserved)} are reserved for executions that run`
  return new ExectrailError(
    'budget_exceeded',
    `${nameOf(budget)} is spent: ${formatUsd(spent)} of ${formatUsd(budget.limitNanoUsd)}${running}; the next period begins at ${resetsAt}`,
    {
      resetsAt,
      retryAfterMs: isSpent ? Date.parse(resetsAt) - now : RESERVED_RETRY_MS,
      hint: 'Wait until then, or have an administrator raise it: `exectrail budget list`, `exectrail budget set`.',
    },
  )
}

/** One line for the operator. */
export function describeWarning({ budget, percent, spentNanoUsd }: BudgetWarning): string {
  const refuses =
    percent === 100 && budget.action === 'refuse' ? '; executions are refused until the next period' : ''
  return `${nameOf(budget)} is used to ${percent} %: ${formatUsd(spentNanoUsd)} of ${formatUsd(budget.limitNanoUsd)}${refuses}`
}

function nameOf({ period, ...subject }: Budget): string {
  return `the budget of ${describeSubject(subject)} for the ${period}`
}
