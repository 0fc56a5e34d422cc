/** Options that several commands take. */
import { Option, type Command } from 'commander'

/** Ends the process with the exit code that a command resolves to. */
export type End = (code: Promise<number>) => Promise<void>

/** The values of an option that may be given again. */
export function collect(value: string, sooner: readonly string[] = []): string[] {
  return [...sooner, value]
}

/** Whose rows a question is about. */
export const ORGANIZATION = new Option('--org <id>', "narrow an administrator's key to one organization")

/** A command over a tenant. */
export function tenantCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .addOption(ORGANIZATION)
    .option('--json', 'print the answer as one JSON value')
}

/** Options of the window of a question. */
export function addWindow(command: Command, begin = '30 days ago'): Command {
  return command
    .addOption(ORGANIZATION)
    .option('--since <span>', 'how far back to look: 90s, 15m, 6h, 30d, 2w')
    .option('--from <time>', `begin of the window, ISO 8601 (default: ${begin})`)
    .option('--to <time>', 'end of the window, ISO 8601 (default: now)')
}
