/** `errors`, and what is decided about a group of them. */
import { Option, type Command } from 'commander'
import type { ErrorDecisionChange } from './commands/errors.ts'
import type { End } from './options.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  exectrail errors --since 1d --state regressed
  exectrail errors resolve 0123456789abcdef        until it is seen again
  exectrail errors assign 0123456789abcdef ada     without a name: to no one`

/** `errors` lists; its subcommands change a group. */
export function addErrors(errors: Command, terminal: Terminal, end: End): void {
  errors
    .description('failures grouped by what went wrong')
    .addOption(
      new Option('--order <by>', 'the most frequent or the newest first')
        .choices(['count', 'lastSeen', 'firstSeen'])
        .default('count'),
    )
    .option('--state <names>', 'only these: open, regressed, resolved, ignored (default: all but ignored)')
    .option('-n, --limit <n>', 'how many groups, at most 1000', '20')
    .option('--json', 'print the groups as one JSON value')
    .addHelpText('after', EXAMPLES)
    .action(async (options) => {
      const commands = await import('./commands/errors.ts')
      await end(commands.errors(options, terminal))
    })
  const settle = (name: string, description: string, change: ErrorDecisionChange): void =>
    void addChange(errors, name, description).action(async (fingerprint: string, _, command: Command) => {
      const { changeError } = await import('./commands/errors.ts')
      await end(changeError(fingerprint, change, command.optsWithGlobals(), terminal))
    })
  settle('resolve', 'mark a group as resolved; it shows as regressed when it is seen again', {
    state: 'resolved',
  })
  settle('ignore', 'hide a group', { state: 'ignored' })
  settle('reopen', 'take a resolution or an ignoring back', { state: 'open' })
  addChange(errors, 'assign', 'say who takes care of a group')
    .argument('[name]', 'a person or a team; left out: no one')
    .action(async (fingerprint: string, name: string | undefined, _, command: Command) => {
      const { changeError } = await import('./commands/errors.ts')
      await end(changeError(fingerprint, { assignee: name ?? null }, command.optsWithGlobals(), terminal))
    })
}

/** `--org` and `--json` are options of `errors` itself. */
function addChange(errors: Command, name: string, description: string): Command {
  return errors
    .command(name)
    .description(description)
    .argument('<fingerprint>', 'of the group, which `exectrail errors` shows')
}
