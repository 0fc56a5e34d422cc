/** `budget list`, `budget set` and `budget delete`. */
import { Option, type Command } from 'commander'
import { BUDGET_PERIODS } from '../cost/period.ts'
import { ORGANIZATION, type End } from './options.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  exectrail budget set 25 --per month --org acme             warn at 50, 80 and 100 % of 25 USD
  exectrail budget set 0.50 --per day --agent summer --refuse`

export function addBudgets(program: Command, terminal: Terminal, end: End): void {
  const budget = program
    .command('budget')
    .description('what executions may cost in a day or a month (UTC), and how much of it is used')
  addSet(budget, terminal, end)
  budget
    .command('list')
    .description('list the budgets and how much of each is used')
    .addOption(ORGANIZATION)
    .option('--json', 'print the budgets as one JSON array')
    .action(async (options) => {
      const { listBudgets } = await import('./commands/budget.ts')
      await end(listBudgets(options, terminal))
    })
  budget
    .command('delete')
    .description('delete a budget')
    .argument('<id>', 'its id, which `exectrail budget list` shows')
    .option('--json', 'print the budget as it was, as one JSON value')
    .action(async (id: string, options) => {
      const { deleteBudget } = await import('./commands/budget.ts')
      await end(deleteBudget(id, options, terminal))
    })
}

function addSet(budget: Command, terminal: Terminal, end: End): void {
  budget
    .command('set')
    .description('set a budget, or change that of the same subject and period')
    .argument('<usd>', 'USD, such as 25 or 0.50')
    .addOption(new Option('--per <period>', 'day or month, UTC').choices(BUDGET_PERIODS).default('month'))
    .option('--org <id>', 'of this organization (default: that of the key, or `default`)')
    .option('--workspace <id>', 'only of this workspace')
    .option('--agent <id>', 'only of this agent')
    .option('--user <id>', 'only of this user')
    .option('--refuse', 'refuse executions once it is spent; without it there are only warnings')
    .option('--json', 'print the budget as one JSON value')
    .addHelpText('after', EXAMPLES)
    .action(async (usd: string, options) => {
      const { setBudget } = await import('./commands/budget.ts')
      await end(setBudget(usd, options, terminal))
    })
}
