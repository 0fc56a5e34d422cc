/** Commands about alerts, and their options. */
import { Option, type Command } from 'commander'
import { collect, tenantCommand, type End } from './options.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  exectrail alert list --phase firing
  exectrail alert diff -f alerts.yaml && exectrail alert apply -f alerts.yaml
  exectrail alert dry-run -f alerts.yaml --name "Error rate" --range 30d
  exectrail alert silence --for 2h --match codeAgentId=summer --comment upgrade
  exectrail alert channel save operations --kind webhook --url https://hooks.example/alerts`

/** `alert` */
export function addAlerts(program: Command, terminal: Terminal, end: End): void {
  const alert = program
    .command('alert')
    .description('alerts, their rules, and the channels that notify')
    .addHelpText('after', EXAMPLES)
  addDecisions(alert, terminal, end)
  addRules(alert, terminal, end)
  addChannels(alert, terminal, end)
}

function addDecisions(alert: Command, terminal: Terminal, end: End): void {
  tenantCommand(alert, 'list', 'list alerts, the newest first')
    .option('--phase <names>', 'some of firing, pending, resolved, separated by commas')
    .option('--limit <count>', 'alerts at most, up to 1000', '50')
    .action(async (options) => end((await import('./commands/alert.ts')).listAlerts(options, terminal)))
  for (const as of ['acknowledge', 'resolve'] as const)
    tenantCommand(
      alert,
      as,
      as === 'resolve' ? 'end an alert; the next breach is a new one' : 'stop the reminders of an alert',
    )
      .argument('<id>', 'its id, which `exectrail alert list` shows')
      .action(async (id: string, options) =>
        end((await import('./commands/alert.ts')).decideAlert(id, as, options, terminal)),
      )
  tenantCommand(alert, 'silence', 'suppress notifications for a time')
    .requiredOption('--for <span>', 'how long: 30m, 2h, 7d')
    .option('--rule <id>', 'only alerts of this rule')
    .option('--match <field=value>', 'alerts whose group has this value; may be given again', collect)
    .option('--comment <text>', 'why')
    .action(async (options) => end((await import('./commands/alert.ts')).silence(options, terminal)))
}

function addRules(alert: Command, terminal: Terminal, end: End): void {
  tenantCommand(alert, 'rules', 'list the rules').action(async (options) =>
    end((await import('./commands/alert-rules.ts')).listRules(options, terminal)),
  )
  tenantCommand(
    alert,
    'history',
    'list the windows of a rule that were evaluated, and why they did or did not fire',
  )
    .argument('<rule>', 'its id, which `exectrail alert rules` shows')
    .option('--state <names>', 'some of ok, pending, firing, unknown, failed, skipped')
    .option('--limit <count>', 'windows at most, up to 1000', '50')
    .action(async (id: string, options) =>
      end((await import('./commands/alert.ts')).ruleHistory(id, options, terminal)),
    )
  tenantCommand(alert, 'export', 'print the rules as YAML, which `apply` reads').action(async (options) =>
    end((await import('./commands/alert-rules.ts')).exportRules(options, terminal)),
  )
  for (const name of ['diff', 'apply'] as const)
    tenantCommand(
      alert,
      name,
      name === 'diff' ? 'say what `apply` would change' : 'make and change rules to be those of a file',
    )
      .requiredOption('-f, --file <path>', 'the rules as YAML')
      .option('--prune', 'delete rules that the file does not have')
      .action(async (options) => end((await import('./commands/alert-rules.ts'))[name](options, terminal)))
  tenantCommand(alert, 'dry-run', 'what a rule of a file would have done over the past')
    .requiredOption('-f, --file <path>', 'the rules as YAML')
    .option('--name <name>', 'the rule; the first unless given')
    .addOption(new Option('--range <span>', 'how far back').choices(['24h', '30d']).default('24h'))
    .action(async (options) => end((await import('./commands/alert-rules.ts')).dryRun(options, terminal)))
}

function addChannels(alert: Command, terminal: Terminal, end: End): void {
  const channel = alert.command('channel').description('where notifications go')
  tenantCommand(channel, 'list', 'list the channels').action(async (options) =>
    end((await import('./commands/alert-channel.ts')).listChannels(options, terminal)),
  )
  tenantCommand(channel, 'save', 'make or change a channel, if a test message comes through')
    .argument('<name>')
    .requiredOption('--kind <kind>', 'webhook, slack, teams, discord, pagerduty, opsgenie or email')
    .option('--url <url>', 'of a webhook')
    .option('--to <address>', 'of a mail; may be given again', collect)
    .option('--secret-file <path>', 'the secret as JSON, such as {"url": "https://hooks.slack.com/…"}')
    .option('--hourly-limit <count>', 'notifications an hour, at most (default: 60)')
    .action(async (name: string, options) =>
      end((await import('./commands/alert-channel.ts')).saveChannel(name, options, terminal)),
    )
  for (const what of ['test', 'delete'] as const)
    tenantCommand(channel, what, what === 'test' ? 'send a test message' : 'delete a channel')
      .argument('<name>')
      .action(async (name: string, options) =>
        end((await import('./commands/alert-channel.ts')).changeChannel(name, what, options, terminal)),
      )
}
