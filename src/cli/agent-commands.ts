/** Commands about the registry of code agents, and their options. */
import { Option, type Command } from 'commander'
import { LANGUAGES, RUNTIMES } from '../execution.ts'
import { REPORT_KINDS, SEARCH_SORTS, VISIBILITIES } from '../metadata/registry-values.ts'
import { tenantCommand, type End } from './options.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  exectrail agent init acme/summer --language python
  exectrail agent publish summer --visibility organization
  exectrail agent search csv --topic reports --sort success
  exectrail agent install acme/summer@^1.2
  exectrail agent yank acme/summer@1.2.0 --reason "counts twice"`

const AGENT = 'namespace/name'
const VERSION = 'namespace/name@version'

/** `agent` */
export function addAgents(program: Command, terminal: Terminal, end: End): void {
  const agent = program
    .command('agent')
    .description('code agents: publish, find, install and fork them')
    .addHelpText('after', EXAMPLES)
  addMaking(agent, terminal, end)
  addFinding(agent, terminal, end)
  addInstalling(agent, terminal, end)
  addChanging(agent, terminal, end)
  addDeciding(agent, terminal, end)
  addOwning(agent, terminal, end)
}

function visibility(text: string): Option {
  return new Option('--visibility <name>', text).choices(VISIBILITIES)
}

function addMaking(agent: Command, terminal: Terminal, end: End): void {
  agent
    .command('init')
    .description('write the folder of a new agent: agent.json, the code, README.md')
    .argument('<name>', AGENT)
    .argument('[folder]', 'where (default: a new folder of that name)')
    .addOption(new Option('-l, --language <name>', 'its language').choices(LANGUAGES).default('python'))
    .option('--template <name>', 'begin with an agent that comes with exectrail; a wrong name lists them')
    .option('--json', 'print the definition as one JSON value')
    .action(async (name: string, folder: string | undefined, options) =>
      end((await import('./commands/agent-publish.ts')).init(name, folder, options, terminal)),
    )
  tenantCommand(agent, 'publish', 'publish the version that a folder holds; a version never changes')
    .argument('[folder]', 'what `exectrail agent init` wrote (default: this one)', '.')
    .addOption(visibility('who sees the agent from now on (default: as it is; a new one private)'))
    .option('--workspace <id>', 'of a new agent')
    .option('--sign <file>', 'sign it with the key that `exectrail agent keys new` wrote')
    .option('--repository <url>', 'where the source is; with --commit')
    .option('--commit <hash>', 'which commit it is of')
    .action(async (folder: string, options) =>
      end((await import('./commands/agent-publish.ts')).publish(folder, options, terminal)),
    )
  tenantCommand(agent, 'fork', 'copy a version into a namespace of yours')
    .argument('<from>', `${AGENT}, with @version, @range or @tag, or without`)
    .argument('<name>', `${AGENT} of the copy`)
    .option('--as <version>', 'version of the copy (default: that of the origin)')
    .addOption(visibility('who sees the copy (default: private)'))
    .option('--workspace <id>', 'of the copy (default: that of the key)')
    .action(async (from: string, name: string, options) =>
      end((await import('./commands/agent-publish.ts')).fork(from, name, options, terminal)),
    )
}

/** Options of a list of agents. */
function paged(command: Command): Command {
  return command
    .option('--topic <names>', 'agents that have all of these, separated by commas')
    .addOption(new Option('-l, --language <name>', 'only in this language').choices(LANGUAGES))
    .addOption(new Option('-r, --runtime <name>', 'only for this runtime').choices(RUNTIMES))
    .option('--license <id>', 'only under this licence, by its SPDX identifier')
    .addOption(new Option('--sort <order>', 'best first by this').choices(SEARCH_SORTS))
    .option('--limit <count>', 'agents at most, up to 100', '20')
    .option('--cursor <cursor>', 'go on where the page before ended')
    .option('--facets', 'also count what narrows it further: languages, runtimes, topics, licences')
}

function addFinding(agent: Command, terminal: Terminal, end: End): void {
  paged(tenantCommand(agent, 'search', 'find agents by words of their name, topics, description or README'))
    .argument('[words...]')
    .option('--namespace <name>', 'only in this namespace')
    .action(async (words: string[], options) =>
      end((await import('./commands/agent.ts')).search(words, options, terminal)),
    )
  paged(tenantCommand(agent, 'list', 'list the agents of your organization'))
    .option('--installed', 'list what is installed instead, with what there is to update')
    .action(async (options) =>
      end(
        options.installed
          ? (await import('./commands/agent-installs.ts')).listInstalled(options, terminal)
          : (await import('./commands/agent.ts')).list(options, terminal),
      ),
    )
  tenantCommand(agent, 'show', 'show an agent with its versions, or one version')
    .argument('<agent>', `${AGENT}; with @version, @range or @tag that version with its README`)
    .option('--code', 'print the code of the version')
    .action(async (reference: string, options) =>
      end((await import('./commands/agent.ts')).show(reference, options, terminal)),
    )
}

function addInstalling(agent: Command, terminal: Terminal, end: End): void {
  tenantCommand(agent, 'install', 'install an agent, or move to what the reference stands for now')
    .argument('<agent>', `${AGENT}, with @version, @range or @tag, or without`)
    .action(async (reference: string, options) =>
      end((await import('./commands/agent-installs.ts')).install(reference, options, terminal)),
    )
  tenantCommand(agent, 'uninstall', 'remove an installed agent')
    .argument('<agent>', AGENT)
    .action(async (name: string, options) =>
      end((await import('./commands/agent-installs.ts')).uninstall(name, options, terminal)),
    )
}

function addChanging(agent: Command, terminal: Terminal, end: End): void {
  const marks = [
    ['deprecate', 'warn whoever uses a version, or any version', `${AGENT}, or ${VERSION}`],
    ['yank', 'keep a version from being chosen; who has it installed is warned', VERSION],
    ['restore', 'take a deprecation or a yank back', `${AGENT}, or ${VERSION}`],
  ] as const
  for (const [name, description, argument] of marks) {
    const command = tenantCommand(agent, name, description).argument('<agent>', argument)
    if (name !== 'restore') command.requiredOption('--reason <text>', 'shown wherever the version is used')
    command.action(async (reference: string, options) =>
      end((await import('./commands/agent-changes.ts')).mark(name, reference, options, terminal)),
    )
  }
  tenantCommand(agent, 'tag', 'put a tag on a version, or remove it')
    .argument('<agent>', `${VERSION}; ${AGENT} with --remove`)
    .argument('<tag>', 'such as stable or beta; latest moves by itself')
    .option('--remove', 'remove the tag')
    .action(async (reference: string, tag: string, options) =>
      end((await import('./commands/agent-changes.ts')).tag(reference, tag, options, terminal)),
    )
  tenantCommand(agent, 'visibility', 'change who sees an agent; public asks for a review')
    .argument('<agent>', AGENT)
    .argument('<who>', VISIBILITIES.join(', '))
    .action(async (name: string, who: string, options) =>
      end((await import('./commands/agent-changes.ts')).changeVisibility(name, who, options, terminal)),
    )
}

function addDeciding(agent: Command, terminal: Terminal, end: End): void {
  tenantCommand(agent, 'review', 'list versions that wait for a review, or decide one; for administrators')
    .argument('[version]', VERSION)
    .option('--approve', 'show it to every organization')
    .option('--refuse <reason>', 'do not; the owner sees the reason')
    .action(async (reference: string | undefined, options) =>
      end((await import('./commands/agent-decisions.ts')).review(reference, options, terminal)),
    )
  tenantCommand(agent, 'report', 'report to the administrators what is wrong with an agent')
    .argument('<agent>', `${AGENT}, or ${VERSION}`)
    .addOption(new Option('--kind <kind>', 'what it is').choices(REPORT_KINDS).makeOptionMandatory())
    .requiredOption('-m, --message <text>', 'what is wrong')
    .action(async (reference: string, options) =>
      end((await import('./commands/agent-decisions.ts')).report(reference, options, terminal)),
    )
  tenantCommand(agent, 'reports', 'list reports, or close one; administrators see all')
    .addOption(new Option('--state <state>', 'which').choices(['open', 'resolved', 'any']).default('open'))
    .option('--resolve <id>', 'close this report, with --message')
    .option('-m, --message <text>', 'what came of it')
    .action(async (options) =>
      end((await import('./commands/agent-decisions.ts')).reports(options, terminal)),
    )
}

function addOwning(agent: Command, terminal: Terminal, end: End): void {
  tenantCommand(agent, 'namespaces', 'list the namespaces of your organization, and those offered to it')
    .option('--create <name>', 'make one: it belongs to the first organization that asks')
    .action(async (options) =>
      end((await import('./commands/agent-decisions.ts')).namespaces(options, terminal)),
    )
  tenantCommand(
    agent,
    'transfer',
    'give a namespace with its agents to another organization, once that accepts',
  )
    .argument('<namespace>')
    .option('--to <organization>', 'offer it')
    .option('--accept', 'take it over, as the organization that it is offered to')
    .option('--decline', 'do not take it, as that organization')
    .option('--cancel', 'take the offer back')
    .action(async (namespace: string, options) =>
      end((await import('./commands/agent-decisions.ts')).transfer(namespace, options, terminal)),
    )
  addSigningKeys(agent, terminal, end)
}

function addSigningKeys(agent: Command, terminal: Terminal, end: End): void {
  const keys = agent.command('keys').description('public keys that signatures of versions are verified with')
  tenantCommand(keys, 'list', 'list the keys of your organization').action(async (options) =>
    end((await import('./commands/agent-keys.ts')).listKeys(options, terminal)),
  )
  keys
    .command('new')
    .description('make a key: the private part is written to a new file, the public part printed')
    .argument('<file>', 'only you can read it')
    .option('--json', 'print the public part as one JSON value')
    .action(async (file: string, options) =>
      end((await import('./commands/agent-keys.ts')).newKey(file, options, terminal)),
    )
  tenantCommand(keys, 'add', 'register the public part of a key; for administrators of the organization')
    .argument('<file>', 'what `exectrail agent keys new` wrote, or a public key as PEM')
    .requiredOption('--name <name>', 'what it is called')
    .action(async (file: string, options) =>
      end((await import('./commands/agent-keys.ts')).addKey(file, options, terminal)),
    )
  tenantCommand(keys, 'revoke', 'signatures by this key are valid no longer')
    .argument('<id>', 'which `exectrail agent keys list` shows')
    .action(async (id: string, options) =>
      end((await import('./commands/agent-keys.ts')).revokeKey(id, options, terminal)),
    )
}
