/** Completion scripts of shells. They hold every word, so completing starts no program. */
import type { CompletedCommand } from './describe.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  return SCRIPTS[shell](commands)
}

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** For Bash 3.2 and later. What is left to it, such as a file, Bash completes itself. */
function bashScript(commands: readonly CompletedCommand[]): string {
  return `# bash completion of exectrail: eval "$(exectrail completion bash)"
_exectrail() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local place='' index answers=''
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
${advance(commands, '${COMP_WORDS[index]}')}
  done
${choose(commands)}
  COMPREPLY=($(compgen -W "$answers" -- "$current"))
}
complete -o bashdefault -o default -F _exectrail exectrail
`
}

function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef exectrail
# zsh completion of exectrail: eval "$(exectrail completion zsh)" after compinit
_exectrail() {
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]} given
  local place='' index
  given=("\${words[@]}")
  for ((index = 2; index < CURRENT; index++)); do
${advance(commands, '${given[index]}')}
  done
  local answers=''
${choose(commands)}
  if [[ -n $answers ]]; then compadd -- \${(s: :)answers}; fi
  if [[ -z $answers || $current != -* ]]; then _files; fi
}
compdef _exectrail exectrail
`
}

/** The command that the words so far name. */
function advance(commands: readonly CompletedCommand[], word: string): string {
  const places = commands.map(({ path }) => path).filter((path) => path !== '')
  return `    case "\${place:+$place }${word}" in
      ${places.map(quote).join('|')}) place="\${place:+$place }${word}" ;;
    esac`
}

/** Puts into `answers` what may stand here; behind an option that takes any value, nothing. */
function choose(commands: readonly CompletedCommand[]): string {
  const valued = commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, values }) =>
      values === null
        ? []
        : [
            `    ${flags.map((flag) => quote(`${path} ${flag}`)).join('|')}) answers=${quote(values.join(' '))} ;;`,
          ],
    ),
  )
  const others = commands.map(({ path, commands: below, options, values }) => {
    const flags = options.flatMap((option) => option.flags)
    const first = [...below.map(({ name }) => name), ...values]
    return `      ${quote(path)}) if [[ $current == -* ]]; then answers=${quote(flags.join(' '))}; else answers=${quote(first.join(' '))}; fi ;;`
  })
  return `  case "$place $previous" in
${valued.join('\n')}
    *) case "$place" in
${others.join('\n')}
      esac ;;
  esac`
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ path, commands: below, options, values }) => {
    const here = `__exectrail_at ${quote(path)}`
    const complete = `complete -c exectrail -n ${quote(here)}`
    return [
      ...below.map(({ name, description }) => `${complete} -f -a ${quote(name)} -d ${quote(description)}`),
      ...(values.length === 0 ? [] : [`${complete} -f -a ${quote(values.join(' '))}`]),
      ...options.map((option) => `${complete} ${fishFlags(option)} -d ${quote(option.description)}`),
    ]
  })
  return `# fish completion of exectrail: exectrail completion fish | source
function __exectrail_at
  set -l place
  for word in (commandline -opc)[2..]
    if contains -- (string join -- ' ' $place $word) ${commands.map(({ path }) => quote(path)).join(' ')}
      set place $place $word
    end
  end
  test "$place" = "$argv"
end
${lines.join('\n')}
`
}

function fishFlags({ flags, values }: CompletedCommand['options'][number]): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  if (values === null) return names.join(' ')
  return [...names, '-r', ...(values.length === 0 ? [] : [`-f -a ${quote(values.join(' '))}`])].join(' ')
}

/** For each of the shells. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
