/** The commands and their options. What each does is in `commands/`. */
import { Argument, Command, Option } from 'commander'
import type { Program } from './commands/prepare.ts'
import type { Terminal } from './terminal.ts'
import { readVersion } from './version.ts'
import { escapeControls } from './escape-controls.ts'
import { SHELLS, type Shell } from './completion/scripts.ts'
import { addLive } from './live-commands.ts'
import { addAgents } from './agent-commands.ts'
import { addAlerts } from './alert-commands.ts'
import { addCosts } from './cost-commands.ts'
import { addBackup } from './backup-commands.ts'
import { addAudit, addKeys, addMetadata } from './key-commands.ts'
import { addQuestions } from './question-commands.ts'
import { addReports } from './report-commands.ts'
import { addWindow, collect, type End } from './options.ts'

type SetExitCode = (code: number) => void

const EXIT_CODES = `
Exit codes: 0 success, 1 failure, 2 bad request, 124 timeout, 125 error, 130 cancelled, 137 limit.`

/** Builds the command line over a terminal. Commands resolve to an exit code. */
export function createProgram(terminal: Terminal, setExitCode: SetExitCode): Command {
  const program = new Command('exectrail')
    .description('Runs code written by agents and workflows and leaves a complete trail of every run.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(escapeControls(text).replace(/^error:/, terminal.paint('red', 'error:', 'stderr'))),
    })
  const end = async (code: Promise<number>): Promise<void> => setExitCode(await code)
  addUp(program, terminal, end)
  addRun(program, terminal, end)
  addQuestions(program, terminal, end)
  addLive(program, terminal, end)
  addReports(program, terminal, end)
  addAgents(program, terminal, end)
  addAlerts(program, terminal, end)
  addCosts(program, terminal, end)
  addKeys(program, terminal, end)
  addAudit(program, terminal, end)
  addMetadata(program, terminal, end)
  addBackup(program, terminal, end)
  addUpkeep(program, terminal, end)
  addPrepare(program, terminal, end)
  addMcp(program, terminal, end)
  addCompletion(program, terminal, end)
  pointToHelp(program, 'exectrail')
  return program
}

/** What is wrong with the arguments of a command leads to the help of that very command. */
function pointToHelp(command: Command, path: string): void {
  command.showHelpAfterError(`fix: see \`${path} --help\``)
  for (const inner of command.commands) pointToHelp(inner, `${path} ${inner.name()}`)
}

function addUp(program: Command, terminal: Terminal, end: End): void {
  program
    .command('up')
    .description('start the Collector, the store and the service, and stay up')
    .option('--samples', 'run a few real executions in every language and print what was measured')
    .action(async (options) => {
      const { up } = await import('./commands/up.ts')
      await end(up(options, terminal))
    })
}

function addRun(program: Command, terminal: Terminal, end: End): void {
  program
    .command('run')
    .description('run code once and leave its record; needs no running stack')
    .argument('[file]', 'the code; `-` reads standard input; or a code agent, such as acme/summer@^1.2')
    .option('-e, --eval <code>', 'the code itself; needs --language')
    .option('-l, --language <name>', 'javascript, typescript, python or bash')
    .option(
      '-r, --runtime <name>',
      'subprocess (unless given), vm2, wasmedge, e2b or bacalhau; `all` runs it on every ready one',
    )
    .option('-i, --input <json>', 'input of main(input) as JSON, or @FILE')
    .option('--file <path>', 'a file for the working directory; may be given again', collect)
    .option('--env <name=value>', 'a variable for the code; may be given again', collect)
    .addOption(
      new Option('--network <kind>', 'none unless given').choices(['none', 'host']).conflicts('allowHost'),
    )
    .option('--allow-host <name>', 'a host the code may reach, or *.name; may be given again', collect)
    .option('--out <directory>', 'where the files of /out are put')
    .option('--timeout-ms <n>', 'wall time of the run')
    .option('--memory-mb <n>', 'memory of the whole process tree, MiB')
    .option('--org <id>', 'organization')
    .option('--workspace <id>', 'workspace')
    .option('--user <id>', 'user')
    .option('--agent <id>', 'agent that wrote the code')
    .option('--workflow-execution <id>', 'run of the workflow it belongs to')
    .option('--node <id>', 'node of the workflow')
    .option('--json', 'print the execution record as one JSON value; with `-r all` an array of them')
    .addHelpText('after', EXIT_CODES)
    .action(async (file: string | undefined, options) => {
      if (options.runtime === 'all') {
        const { runAll } = await import('./commands/run-all.ts')
        await end(runAll(file, options, terminal))
        return
      }
      const { run } = await import('./commands/run.ts')
      await end(run(file, options, terminal))
    })
}

function addUpkeep(program: Command, terminal: Terminal, end: End): void {
  program
    .command('doctor')
    .description('walk the chain from an execution to its row and name the broken link')
    .option('--json', 'print the findings as one JSON value')
    .action(async (options) => {
      const { doctor } = await import('./commands/doctor.ts')
      await end(doctor(options, terminal))
    })
  addWindow(
    program
      .command('reconcile')
      .description('compare what was begun with what is stored, and read the dead letters'),
    '24 hours ago',
  )
    .option('--json', 'print the comparison as one JSON value')
    .action(async (options) => {
      const { reconcile } = await import('./commands/reconcile.ts')
      await end(reconcile(options, terminal))
    })
  program
    .command('migrate')
    .description('bring the tables of the store up to date')
    .option('--json', 'print what was done as one JSON value')
    .action(async (options) => {
      const { migrate } = await import('./commands/migrate.ts')
      await end(migrate(options, terminal))
    })
}

function addPrepare(program: Command, terminal: Terminal, end: End): void {
  program
    .command('prepare')
    .description('get now what the first use would get, and print where it is')
    .addArgument(
      new Argument('<program>', 'what to get').choices(['collector', 'wasmedge', 'bacalhau', 'metadata']),
    )
    .action(async (name: Program) => {
      const { prepare } = await import('./commands/prepare.ts')
      await end(prepare(name, terminal))
    })
}

function addMcp(program: Command, terminal: Terminal, end: End): void {
  program
    .command('mcp')
    .description('serve the tools of the running service to an MCP client on stdin and stdout')
    .action(async () => {
      const { mcp } = await import('./commands/mcp.ts')
      await end(mcp(terminal))
    })
}

function addCompletion(program: Command, terminal: Terminal, end: End): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and values')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', COMPLETION_HELP)
    .action(async (shell: Shell) => {
      const { completion } = await import('./commands/completion.ts')
      await end(completion(shell, program, terminal))
    })
}

const COMPLETION_HELP = `
Bash: eval "$(exectrail completion bash)" in ~/.bashrc
zsh:  eval "$(exectrail completion zsh)" in ~/.zshrc, after compinit
fish: exectrail completion fish | source in ~/.config/fish/config.fish`
