/** Runtimes for a person: what each serves and enforces here, and what those that are not ready lack. */
import type { RuntimeView } from '../service/list-runtimes.ts'
import { renderTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { visible } from './visible.ts'

const TEXT_MAX = 60

/** One line a runtime. Isolation and limits are those that hold on this host. */
function renderRuntimes(runtimes: readonly RuntimeView[]): string {
  return renderTable(
    [
      { title: 'runtime' },
      { title: 'ready' },
      { title: 'version', max: 100 },
      { title: 'isolation' },
      { title: 'languages', max: TEXT_MAX },
      { title: 'enforces', max: TEXT_MAX },
    ],
    runtimes.map(({ name, ready, version, isolation, languages, enforces }) => [
      name,
      !ready ? 'no' : isolation === 'process' ? 'unconfined' : 'yes',
      version,
      ready ? isolation : null,
      languages.join(' '),
      ready ? enforces.join(' ') : null,
    ]),
  )
}

/** A line for each thing that is missing, with the command that gets it below. */
export function missingLines(
  { name, ready, missing }: RuntimeView,
  paintFix: (text: string) => string,
): string[] {
  return missing.flatMap(({ what, fix }) => [
    `${name} ${ready ? 'is not all it could be' : 'is not ready'}: ${visible(what)}`,
    `  ${paintFix('fix:')} ${visible(fix)}`,
  ])
}

/** The table, then what is missing, then what is weaker here than it could be. */
export function describeRuntimes(runtimes: readonly RuntimeView[], terminal: Terminal): string {
  const bold = (text: string): string => terminal.paint('bold', text, 'data')
  const missing = runtimes.flatMap((runtime) => missingLines(runtime, bold))
  const notes = runtimes.flatMap(({ name, notes: own }) => own.map((note) => `${name}: ${visible(note)}`))
  return [renderRuntimes(runtimes), ...missing, ...notes].join('\n')
}
