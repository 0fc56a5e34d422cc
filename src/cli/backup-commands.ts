/** `backup` and `restore`. */
import type { Command } from 'commander'
import type { End } from './options.ts'
import type { Terminal } from './terminal.ts'

export function addBackup(program: Command, terminal: Terminal, end: End): void {
  program
    .command('backup')
    .description(
      'write the store, the metadata and the key of this home to a directory, whether the stack runs or not',
    )
    .argument('<directory>', 'a new one; it holds code, output and a key, so only its owner may read it')
    .option('--json', 'print what was written as one JSON value')
    .action(async (directory: string, options) => {
      const { backup } = await import('./commands/backup.ts')
      await end(backup(directory, options, terminal))
    })
  program
    .command('restore')
    .description(
      'read a backup into a new EXECTRAIL_HOME, or into an empty CLICKHOUSE_DATABASE and DATABASE_URL',
    )
    .argument('<directory>', 'what `exectrail backup` wrote')
    .option('--continue', 'go on with a restore that was cut; rows that are there stay once')
    .option('--json', 'print what was restored as one JSON value')
    .action(async (directory: string, options) => {
      const { restore } = await import('./commands/restore.ts')
      await end(restore(directory, options, terminal))
    })
}
