/** What can be completed: the commands, their options and the values that these take. */
import type { Command, Option } from 'commander'
import { LANGUAGES, OUTCOMES, RUNTIMES } from '../../execution.ts'

export interface CompletedOption {
  /** As they are typed: `-r`, `--runtime`. */
  flags: readonly string[]
  description: string
  /** Null for an option that takes no value; empty where it takes any. */
  values: readonly string[] | null
}

export interface CompletedCommand {
  /** Words from the program on, such as `key create`; '' for the program itself. */
  path: string
  /** Names of the commands below. */
  commands: readonly { name: string; description: string }[]
  options: readonly CompletedOption[]
  /** Values of its arguments, where they are of a fixed list. */
  values: readonly string[]
}

/** Values of options that are no choices of commander, because the service or the executor checks them. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--runtime': RUNTIMES,
  '--language': LANGUAGES,
  '--outcome': OUTCOMES,
}

/** The program and every command below it. */
export function describeCommands(program: Command, path = ''): CompletedCommand[] {
  const below = program.commands.filter((command) => command.name() !== 'help')
  const own: CompletedCommand = {
    path,
    commands: below.map((command) => ({ name: command.name(), description: command.description() })),
    options: [
      ...program.options.map((option) => toOption(option, path)),
      { flags: ['-h', '--help'], description: 'print help', values: null },
    ],
    values: program.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  }
  return [own, ...below.flatMap((command) => describeCommands(command, `${path} ${command.name()}`.trim()))]
}

function toOption(
  { short, long, description, required, optional, argChoices }: Option,
  path: string,
): CompletedOption {
  const takesValue = required || optional
  const known = argChoices ?? VALUES[long ?? ''] ?? []
  const runsAll = long === '--runtime' && (path === 'run' || path === 'replay')
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    values: takesValue ? [...known, ...(runsAll ? ['all'] : [])] : null,
  }
}
