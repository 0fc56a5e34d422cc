/** Runtimes as a table, with what is missing on this host. */
import type { RuntimeView } from '../service/list-runtimes.ts'
import { renderTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { escapeControls } from './escape-controls.ts'

const TEXT_MAX = 60

/** One line per runtime. Isolation and limits are those of this host. */
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

/** A line for each missing item, followed by the command that installs it. */
export function missingLines(
  { name, ready, missing }: RuntimeView,
  paintFix: (text: string) => string,
): string[] {
  return missing.flatMap(({ what, fix }) => [
    `${name} ${ready ? 'is not all it could be' : 'is not ready'}: ${escapeControls(what)}`,
    `  ${paintFix('fix:')} ${escapeControls(fix)}`,
  ])
}

/** The table, what is missing, and notes about this host. */
export function describeRuntimes(runtimes: readonly RuntimeView[], terminal: Terminal): string {
  const bold = (text: string): string => terminal.paint('bold', text, 'stdout')
  const missing = runtimes.flatMap((runtime) => missingLines(runtime, bold))
  const notes = runtimes.flatMap(({ name, notes: own }) =>
    own.map((note) => `${name}: ${escapeControls(note)}`),
  )
  return [renderRuntimes(runtimes), ...missing, ...notes].join('\n')
}
