/** Commands about costs, and their options. */
import { Option, type Command } from 'commander'
import { addBudgets } from './budget-commands.ts'
import { addWindow, type End } from './options.ts'
import { addFilter } from './question-commands.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  exectrail cost --by codeAgentId,model                    which agent and model cost what
  exectrail cost --order failures --since 7d               where failures cost most
  exectrail cost --what-if e2b --vcpus 2 --memory-mb 1024  the same executions in E2B's sandboxes
  exectrail cost --csv --from 2026-01-01T00:00:00Z > costs.csv`

/** `cost`, `budget` and `reprice` */
export function addCosts(program: Command, terminal: Terminal, end: End): void {
  addCost(program, terminal, end)
  addBudgets(program, terminal, end)
  addReprice(program, terminal, end)
}

function addReprice(program: Command, terminal: Terminal, end: End): void {
  addWindow(
    program
      .command('reprice')
      .description(
        'compute the costs of stored executions again; says what changes and writes nothing without --apply',
      ),
  )
    .option('--prices <path>', 'a file or folder of prices (default: EXECTRAIL_PRICES)')
    .option('--apply', 'write the new costs')
    .option('--json', 'print what changes as one JSON value')
    .action(async (options) => {
      const { reprice } = await import('./commands/reprice.ts')
      await end(reprice(options, terminal))
    })
}

function addCost(program: Command, terminal: Terminal, end: End): void {
  addFilter(
    program
      .command('cost')
      .description('what executions cost, by group, and what this month is going to cost'),
  )
    .option('--by <fields>', 'up to two fields to group by, such as runtime,model', 'codeAgentId')
    .addOption(
      new Option('--order <by>', 'the greatest groups first; `failures` is their cost')
        .choices(['cost', 'tokens', 'failures', 'perSuccess', 'count'])
        .default('cost'),
    )
    .option('-n, --limit <n>', 'how many groups, at most 200', '20')
    .option('--compare', 'with the window of the same length before')
    .option('--what-if <runtime>', 'what the same executions would have cost on this runtime')
    .option('--vcpus <n>', 'with --what-if: processors of each sandbox on e2b or bacalhau (default: 2)')
    .option('--memory-mb <n>', 'with --what-if: memory of each (default: 512)')
    .addOption(new Option('--json', 'print the costs as one JSON value').conflicts('csv'))
    .addOption(
      new Option('--csv', 'print the costs by month as CSV, with up to 200 groups and the others').conflicts(
        'whatIf',
      ),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options) => {
      const { cost } = await import('./commands/cost.ts')
      await end(cost(options, terminal))
    })
}
