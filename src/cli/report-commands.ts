/** Commands that judge, repeat and take away what ran, and their options. */
import { Option, type Command } from 'commander'
import { ORGANIZATION, collect, type End } from './options.ts'
import { addFilter } from './question-commands.ts'
import type { Terminal } from './terminal.ts'

const REPORT_EXAMPLES = `
Which agent got worse since yesterday, and why:
  exectrail report                                             which, and what is otherwise
  exectrail errors --agent <agent> --since 1d                  what goes wrong there
  exectrail compare --agent <agent> --since 1d --before 7d     what differs from the week before

Exit codes: 0; 1 where the verdict is broken or degraded.`

/** `report`, `workflow`, `replay` and `export`. */
export function addReports(program: Command, terminal: Terminal, end: End): void {
  addReport(program, terminal, end)
  addWorkflow(program, terminal, end)
  addReplay(program, terminal, end)
  addExport(program, terminal, end)
}

function addReport(program: Command, terminal: Terminal, end: End): void {
  addFilter(
    program.command('report').description('say in words how the last day compares with the week before'),
  )
    .option('--json', 'print the report as one JSON value')
    .addHelpText('after', REPORT_EXAMPLES)
    .action(async (options) => {
      const { report } = await import('./commands/report.ts')
      await end(report(options, terminal))
    })
}

function addWorkflow(program: Command, terminal: Terminal, end: End): void {
  addFilter(
    program
      .command('workflow')
      .description('list runs of workflows, newest first, or draw one as a waterfall')
      .argument('[id]', 'the run, as `workflowExecutionId` has it'),
  )
    .option('--state <names>', 'only these: running, succeeded, failed, incomplete')
    .option('-n, --limit <n>', 'how many runs, at most 1000', '20')
    .option('--cursor <cursor>', 'go on after a page: its nextCursor')
    .option('--spans', 'draw every span of the run instead of nodes and attempts')
    .option('--json', 'print the runs, or the run, as one JSON value')
    .action(async (id: string | undefined, options) => {
      const { workflow } = await import('./commands/workflow.ts')
      await end(workflow(id, options, terminal))
    })
}

function addReplay(program: Command, terminal: Terminal, end: End): void {
  program
    .command('replay')
    .description('run an execution again and compare the two')
    .argument('<id>', 'the execution')
    .option('-r, --runtime <name>', 'another runtime; `all` runs it on every ready one')
    .option('-i, --input <json>', 'another input, as JSON')
    .option('--env <name=value>', 'a variable, whose value no record keeps; may be given again', collect)
    .option('--timeout-ms <n>', 'another time limit')
    .option('--memory-mb <n>', 'another memory limit, MiB')
    .addOption(ORGANIZATION)
    .option('--json', 'print { original, replays } as one JSON value')
    .action(async (id: string, options) => {
      const { replay } = await import('./commands/replay.ts')
      await end(replay(id, options, terminal))
    })
}

function addExport(program: Command, terminal: Terminal, end: End): void {
  addFilter(program.command('export').description('write every matching execution of the window'))
    .addOption(
      new Option('--format <name>', "default: from the file's extension, else ndjson").choices([
        'ndjson',
        'csv',
        'parquet',
      ]),
    )
    .option('--out <file>', 'where to; default: standard output')
    .option('--fields <names>', 'only these fields, separated by commas')
    .option('--json', 'print what was written, { file, format, bytes }, as one JSON value; needs --out')
    .action(async (options) => {
      const { exportFile } = await import('./commands/export.ts')
      await end(exportFile(options, terminal))
    })
}
