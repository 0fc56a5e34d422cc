/** `exectrail reconcile`: checks that every execution that started is stored exactly once. */
import { loadConfig } from '../../config.ts'
import { EVENTS_KEPT_MS, reconcile as compare, type Reconciliation } from '../../service/reconcile.ts'
import { formatTime } from '../../format.ts'
import { withStore } from '../open-store.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { toJson } from '../escape-controls.ts'
import { readWindow, type WindowOptions } from '../window-options.ts'

const LOST = 1
const DEFAULT_SPAN = '24h'
const TEXT_MAX = 80

export interface ReconcileOptions extends WindowOptions {
  json?: true
}

/**
 * Prints missing executions, rows without a span, duplicates and dead letters. Resolves to 1 for any of the first three.
 * @throws {ExectrailError} when no store is known or it does not answer
 */
export async function reconcile(options: ReconcileOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig()
  const window = readWindow(options, DEFAULT_SPAN)
  const scope = options.org === undefined ? 'all' : { organizationId: options.org }
  const found = await withStore(config, (store) => compare({ store, scope, home: config.home }, { window }))
  if (options.json) await terminal.data(toJson(found))
  else await print(found, terminal)
  if (Date.parse(window.from) < Date.now() - EVENTS_KEPT_MS)
    terminal.say('What was begun is known for a week; of earlier executions only duplicates can be found.')
  return found.missingCount + found.spanlessCount + found.duplicated.length === 0 ? 0 : LOST
}

async function print(found: Reconciliation, terminal: Terminal): Promise<void> {
  const { begun, stored, pending, missing, missingCount, spanless, spanlessCount } = found
  const { duplicated, dead, deadCount } = found
  const counts = renderTable(
    [
      { title: 'begun' },
      { title: 'stored' },
      { title: 'pending' },
      { title: 'missing' },
      { title: 'spanless' },
      { title: 'duplicated' },
      { title: 'dead' },
    ],
    [[begun, stored, pending, missingCount, spanlessCount, duplicated.length, deadCount]],
  )
  await terminal.data([counts, ...sections(found)].join('\n\n'))
  const cut = missing.length < missingCount || spanless.length < spanlessCount || dead.length < deadCount
  if (cut) terminal.say('Not all are shown; a narrower window (--since, --from, --to) shows the rest.')
  if (missingCount + spanlessCount > 0)
    terminal.say(
      'Something is missing: see `exectrail doctor`; what waits in an outbox is sent once its home is up again.',
    )
  else if (duplicated.length === 0)
    terminal.say(
      pending === 0 ? 'Everything begun is stored, once.' : `Nothing is missing; ${pending} may still run.`,
    )
}

function sections({ missing, spanless, duplicated, dead }: Reconciliation): string[] {
  const tables = [
    missing.length > 0 && missingTable(missing),
    spanless.length > 0 &&
      renderTable(
        [{ title: 'row without its span' }],
        spanless.map((id) => [id]),
      ),
    duplicated.length > 0 &&
      renderTable(
        [{ title: 'duplicated execution' }, { title: 'rows' }],
        duplicated.map(({ executionId, rows }) => [executionId, rows]),
      ),
    dead.length > 0 &&
      renderTable(
        [
          { title: 'dead letter of' },
          { title: 'given up (UTC)' },
          { title: 'what' },
          { title: 'reason', max: TEXT_MAX },
        ],
        dead.map((one) => [one.executionId, formatTime(one.at), one.event ?? 'span', one.reason]),
      ),
  ]
  return tables.filter((table) => table !== false)
}

function missingTable(missing: Reconciliation['missing']): string {
  return renderTable(
    [
      { title: 'missing execution' },
      { title: 'started (UTC)' },
      { title: 'runtime' },
      { title: 'agent', max: 24 },
      { title: 'organization', max: 24 },
      { title: 'executor' },
    ],
    missing.map((one) => [
      one.executionId,
      formatTime(one.startedAt),
      one.runtime,
      one.codeAgentId,
      one.organizationId,
      one.executorId,
    ]),
  )
}
