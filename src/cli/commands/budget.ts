/** `exectrail budget`: sets, lists and deletes budgets of the running service. */
import { labelSubject } from '../../budgets/subject.ts'
import type { BudgetView } from '../../client/reports.ts'
import { loadConfig } from '../../config.ts'
import { toNanoUsd } from '../../cost/money.ts'
import type { BudgetPeriod } from '../../cost/period.ts'
import { InvalidRequestError } from '../../errors.ts'
import { formatCount, formatRate, formatTime, formatUsd } from '../../format.ts'
import type { BudgetRequest } from '../../service/manage-budgets.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { renderTable, type Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface SetBudgetOptions {
  per: BudgetPeriod
  org?: string
  workspace?: string
  agent?: string
  user?: string
  refuse?: true
  json?: true
}

export async function setBudget(usd: string, options: SetBudgetOptions, terminal: Terminal): Promise<number> {
  const request: BudgetRequest = {
    organizationId: options.org,
    workspaceId: options.workspace,
    codeAgentId: options.agent,
    userId: options.user,
    period: options.per,
    limitNanoUsd: readNanoUsd(usd),
    action: options.refuse ? 'refuse' : 'warn',
  }
  const service = await findService(loadConfig())
  const budget = await service.put<BudgetView>('/v1/budgets', request)
  if (options.json) await terminal.data(toJson(budget))
  else terminal.say(escapeControls(`Budget ${budget.id}: ${describe(budget)}`))
  sayUnpriced([budget], terminal)
  return 0
}

export async function listBudgets(
  options: { org?: string; json?: true },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const { data } = await service.get<{ data: BudgetView[] }>('/v1/budgets', { organization: options.org })
  if (options.json) await terminal.data(toJson(data))
  else if (data.length === 0)
    terminal.say('No budgets. Set one: exectrail budget set 25 --per month --org ORGANIZATION')
  else await terminal.data(renderBudgets(data))
  sayUnpriced(data, terminal)
  return 0
}

export async function deleteBudget(
  id: string,
  options: { json?: true },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const budget = await service.delete<BudgetView>(`/v1/budgets/${encodeURIComponent(id)}`)
  if (options.json) await terminal.data(toJson(budget))
  else terminal.say(escapeControls(`Budget ${budget.id} of ${labelSubject(budget)} is deleted.`))
  return 0
}

/** @throws {InvalidRequestError} for what is no amount */
function readNanoUsd(usd: string): number {
  const nanoUsd = toNanoUsd(usd)
  if (nanoUsd !== null) return nanoUsd
  throw new InvalidRequestError([{ path: 'usd', message: 'write an amount of USD such as 25 or 0.50' }])
}

function describe(budget: BudgetView): string {
  const { limitNanoUsd, period, action, spentNanoUsd, usedRatio, resetsAt } = budget
  const refuses = action === 'refuse' ? ', then executions are refused' : ', with warnings only'
  return `${formatUsd(limitNanoUsd)} a ${period} for ${labelSubject(budget)}${refuses}; ${formatUsd(spentNanoUsd)} used (${formatRate(usedRatio)}), resets ${formatTime(resetsAt)} UTC.`
}

const right = (title: string): Column => ({ title, align: 'right' })

function renderBudgets(budgets: readonly BudgetView[]): string {
  return renderTable(
    [
      { title: 'id' },
      { title: 'for', max: 48 },
      { title: 'per' },
      right('limit'),
      right('spent'),
      right('used'),
      right('reserved'),
      right('executions'),
      right('unpriced'),
      { title: 'when spent' },
      { title: 'resets' },
    ],
    budgets.map((budget) => [
      budget.id,
      labelSubject(budget),
      budget.period,
      formatUsd(budget.limitNanoUsd),
      formatUsd(budget.spentNanoUsd),
      formatRate(budget.usedRatio),
      formatUsd(budget.reservedNanoUsd),
      formatCount(budget.count),
      formatCount(budget.unpricedCount),
      budget.action === 'refuse' ? 'refuse' : 'warn',
      formatTime(budget.resetsAt),
    ]),
  )
}

function sayUnpriced(budgets: readonly BudgetView[], terminal: Terminal): void {
  const most = Math.max(0, ...budgets.map(({ unpricedCount }) => unpricedCount))
  if (most === 0) return
  terminal.say(
    'Of the executions under "unpriced" the cost is unknown in whole or in part and not counted: set prices with EXECTRAIL_PRICES (docs/costs.md), then `exectrail reprice --apply`.',
  )
}
