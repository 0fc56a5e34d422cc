/** Commands that manage the keys of the service, and the metadata that holds them. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { AUDIT_ACTIONS } from '../metadata/audit-actions.ts'
import { KEY_SCOPES, type KeyScope } from '../metadata/key-scopes.ts'
import { ORGANIZATION, type End } from './options.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  exectrail key create ci --org acme --scope execute --scope read --expires 90d
  exectrail key create dashboard --org acme --workspace w1 --scope read
  exectrail key create operations --scope admin          every organization`

/** `metadata backup` and `metadata restore`. */
export function addMetadata(program: Command, terminal: Terminal, end: End): void {
  const metadata = program
    .command('metadata')
    .description('back up and restore keys, states of errors and the log of changes')
  metadata
    .command('backup')
    .description('write the metadata to a file, whether the stack runs or not')
    .argument('<file>', 'JSON lines, with hashes of keys and secrets of alert channels')
    .option('--json', 'print what was written as one JSON value')
    .action(async (file: string, options) => {
      const { backup } = await import('./commands/metadata.ts')
      await end(backup(file, options, terminal))
    })
  metadata
    .command('restore')
    .description('read a backup into an empty database: of a new EXECTRAIL_HOME, or DATABASE_URL')
    .argument('<file>', 'what `exectrail metadata backup` wrote')
    .option('--json', 'print what was restored as one JSON value')
    .action(async (file: string, options) => {
      const { restoreFile } = await import('./commands/metadata.ts')
      await end(restoreFile(file, options, terminal))
    })
}

/** `audit`. */
export function addAudit(program: Command, terminal: Terminal, end: End): void {
  program
    .command('audit')
    .description(
      'list the changes of keys, states of errors and budgets, newest first: who, what, when, from where',
    )
    .addOption(ORGANIZATION)
    .addOption(new Option('--action <name>', 'only changes of this kind').choices(AUDIT_ACTIONS))
    .option('--subject <id>', 'only changes of this key or group of errors')
    .option('--limit <count>', 'changes at most, up to 1000', '50')
    .option('--cursor <cursor>', 'go on where the page before ended')
    .option('--json', 'print the page as one JSON value')
    .action(async (options) => {
      const { audit } = await import('./commands/audit.ts')
      await end(audit(options, terminal))
    })
}

/** `key create`, `key list` and `key revoke`. */
export function addKeys(program: Command, terminal: Terminal, end: End): void {
  const key = program.command('key').description('make, list and revoke API keys of the service')
  addCreate(key, terminal, end)
  key
    .command('list')
    .description('list the keys, newest first')
    .addOption(ORGANIZATION)
    .option('--revoked', 'revoked keys too')
    .option('--json', 'print the keys as one JSON array')
    .action(async (options) => {
      const { listKeys } = await import('./commands/key.ts')
      await end(listKeys(options, terminal))
    })
  key
    .command('revoke')
    .description('revoke a key at once')
    .argument('<id>', 'its id, which `exectrail key list` shows')
    .option('--json', 'print the revoked key as one JSON value')
    .action(async (id: string, options) => {
      const { revokeKey } = await import('./commands/key.ts')
      await end(revokeKey(id, options, terminal))
    })
}

function addCreate(key: Command, terminal: Terminal, end: End): void {
  key
    .command('create')
    .description('make a key and print its secret, which is shown this once')
    .argument('<name>', 'what the key is for')
    .option(
      '--scope <name>',
      `${KEY_SCOPES.join(', ')}; may be given again (default: execute, read, write)`,
      addScope,
    )
    .option('--org <id>', 'its organization; needed unless it has the scope admin')
    .option('--workspace <id>', 'narrow it to one workspace')
    .option('--expires <time>', 'a span such as 90d, or a time; never unless given')
    .option('--json', 'print the key as one JSON value')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options) => {
      const { createKey } = await import('./commands/key.ts')
      await end(createKey(name, options, terminal))
    })
}

function addScope(value: string, sooner: readonly KeyScope[] = []): KeyScope[] {
  const scope = KEY_SCOPES.find((known) => known === value)
  if (scope === undefined) throw new InvalidArgumentError(`Allowed choices are ${KEY_SCOPES.join(', ')}.`)
  return [...sooner, scope]
}
