/** Commands that ask about executions, and their options. */
import { Argument, Option, type Command } from 'commander'
import { CONTENT_PARTS, type ContentPart } from '../record/content-parts.ts'
import { addErrors } from './error-commands.ts'
import { ORGANIZATION, addWindow, collect, tenantCommand, type End } from './options.ts'
import type { Terminal } from './terminal.ts'

const COMPARE_EXAMPLES = `
Examples:
  exectrail compare summer 1 2                                versions 1 and 2 of agent summer
  exectrail compare --agent summer --a 'outcome!=success' --b outcome=success
  exectrail compare --since 1h --before 24h                   the last hour and the day before`

/** `logs`, `link`, `stats`, `errors`, `compare` and `sql`. */
export function addQuestions(program: Command, terminal: Terminal, end: End): void {
  addLogs(program, terminal, end)
  addLink(program, terminal, end)
  addStats(program, terminal, end)
  addErrors(addFilter(program.command('errors')), terminal, end)
  addCompare(program, terminal, end)
  addSql(program, terminal, end)
}

export function addFilter(command: Command): Command {
  return addConditionOptions(addWindow(command))
}

/** Options that narrow which executions, without a window. */
export function addConditions(command: Command): Command {
  return addConditionOptions(command.addOption(ORGANIZATION))
}

function addConditionOptions(command: Command): Command {
  return command
    .option('--agent <id>', 'only this agent')
    .option('--workflow-execution <id>', 'only this run of a workflow')
    .option('--user <id>', 'only this user')
    .option('--runtime <names>', 'only these runtimes, separated by commas')
    .option('--language <names>', 'only these languages')
    .option('--outcome <names>', 'only these outcomes: success, failure, timeout, limit, cancelled, error')
    .option(
      '--where <condition>',
      'on any field: durationMs>=1000, errorMessage~timeout, userId!=u1; may be given again',
      collect,
    )
    .option('--search <text>', 'text in the error or the output')
}

function addLogs(program: Command, terminal: Terminal, end: End): void {
  addFilter(
    program
      .command('logs')
      .description('list executions, newest first, or show one')
      .argument('[id]', 'an agent, or an execution to show in full'),
  )
    .addOption(
      new Option('--order <by>', 'the newest first, or the greatest')
        .choices(['newest', 'duration', 'memory', 'cost'])
        .default('newest'),
    )
    .option('-n, --limit <n>', 'how many, at most 1000 (with --ndjson: any number)', '20')
    .option('--cursor <cursor>', 'go on after a page: its nextCursor')
    .addOption(new Option('--json', 'print the page as one JSON value').conflicts('ndjson'))
    .option('--ndjson', 'print one JSON record a line, page after page')
    .addOption(
      new Option('--full [part]', 'print whole content of one execution, however large')
        .choices(CONTENT_PARTS)
        .preset('stdout'),
    )
    .option('--out <directory>', 'put the files that one execution left in /out there')
    .action(async (id: string | undefined, options) => {
      const { logs } = await import('./commands/logs.ts')
      await end(logs(id, options, terminal))
    })
}

function addLink(program: Command, terminal: Terminal, end: End): void {
  tenantCommand(program, 'link', 'make a link to whole content of an execution that needs no key')
    .argument('<execution>', 'its id')
    .addArgument(new Argument('[part]', 'what the link gives (default: stdout)').choices(CONTENT_PARTS))
    .option('--file <path>', 'a file of /out instead')
    .option('--for <span>', 'how long it lasts: 90s, 15m, 1h at most', '10m')
    .action(async (id: string, part: ContentPart | undefined, options) => {
      const { link } = await import('./commands/link.ts')
      await end(link(id, { ...options, part }, terminal))
    })
}

function addStats(program: Command, terminal: Terminal, end: End): void {
  addFilter(
    program
      .command('stats')
      .description('what an agent did, or every agent, measured')
      .argument('[agent]', 'the agent; without it, figures by group'),
  )
    .option('--by <fields>', 'up to two fields to group by, such as runtime,outcome', 'codeAgentId')
    .addOption(
      new Option('--order <by>', 'the greatest groups first')
        .choices(['count', 'failures', 'failureRate', 'duration', 'memory', 'cost', 'tokens'])
        .default('count'),
    )
    .option('-n, --limit <n>', 'how many groups, at most 200', '20')
    .option('--compare', 'with the window of the same length before')
    .option('--json', 'print the stats as one JSON value')
    .action(async (agent: string | undefined, options) => {
      const { stats } = await import('./commands/stats.ts')
      await end(stats(agent, options, terminal))
    })
}

function addCompare(program: Command, terminal: Terminal, end: End): void {
  addFilter(
    program
      .command('compare')
      .description('two versions of an agent, or which fields set two sets of executions apart')
      .argument('[agent]', 'the agent whose versions are compared')
      .argument('[a]', 'the version to compare with')
      .argument('[b]', 'the version that is compared'),
  )
    .option('--a <condition>', 'of the first set, as in --where; may be given again', collect)
    .option('--b <condition>', 'of the second set; may be given again', collect)
    .option('--before <span>', 'compare the window (a) with the span before it (b), such as 24h')
    .option('--json', 'print the comparison as one JSON value')
    .addHelpText('after', COMPARE_EXAMPLES)
    .action(async (agent: string | undefined, a: string | undefined, b: string | undefined, options) => {
      const { compare } = await import('./commands/compare.ts')
      await end(compare({ agent, a, b }, options, terminal))
    })
}

function addSql(program: Command, terminal: Terminal, end: End): void {
  program
    .command('sql')
    .description('ask the store in ClickHouse SQL, read-only')
    .argument('[query]', 'one SELECT; `-` reads standard input')
    .option('--schema', 'print the tables with their columns and example queries instead')
    .option('--organization <id>', "with an administrator's key: the rows of this organization")
    .option('--from <time>', "start of the window of one organization's rows, ISO 8601")
    .option('--to <time>', 'its end')
    .addOption(new Option('--json', 'print the rows as one JSON array').conflicts('ndjson'))
    .option('--ndjson', 'print one JSON row a line')
    .action(async (query: string | undefined, options) => {
      const { sql } = await import('./commands/sql.ts')
      await end(sql(query, options, terminal))
    })
}
