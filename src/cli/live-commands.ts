/** Commands about what runs now. */
import type { Command } from 'commander'
import { addConditions } from './question-commands.ts'
import type { End } from './options.ts'
import type { Terminal } from './terminal.ts'

/** `tail` and `running`. */
export function addLive(program: Command, terminal: Terminal, end: End): void {
  addConditions(
    program
      .command('tail')
      .description('executions as they start and end')
      .argument('[agent]', 'only this agent'),
  )
    .option('--events <kinds>', 'started, completed or both (default: both)')
    .option('-n, --limit <n>', 'stop after so many events')
    .option('--json', 'print one JSON value a line')
    .action(async (agent: string | undefined, options) => {
      const { tail } = await import('./commands/tail.ts')
      await end(tail(agent, options, terminal))
    })
  addConditions(program.command('running').description('what waits and runs now, the oldest first'))
    .option('-n, --limit <n>', 'how many, at most 1000', '50')
    .option('--watch', 'again every second')
    .option('--json', 'print the list as one JSON value; with --watch one a line')
    .action(async (options) => {
      const { running } = await import('./commands/running.ts')
      await end(running(options, terminal))
    })
}
