/** `exectrail migrate`: brings the tables of the store up to date. */
import { loadConfig } from '../../config.ts'
import { migrate as migrateStore } from '../../store/migrate.ts'
import { describeExpiry, setExpiry } from '../../store/retention/expiry.ts'
import { withStore } from '../open-store.ts'
import type { Terminal } from '../terminal.ts'
import { toJson } from '../escape-controls.ts'

export interface MigrateOptions {
  json?: true
}

/**
 * Applies the missing migrations and the retention that is set to the store of `CLICKHOUSE_URL` or of the running stack.
 * @throws {ExectrailError} when there is neither
 */
export async function migrate(options: MigrateOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig()
  const { days } = config.retention
  const { applied, changed } = await withStore(config, async (store) => {
    const migrated = await migrateStore(store)
    return { ...migrated, ...(days === null ? { changed: false } : await setExpiry(store, days)) }
  })
  if (options.json) await terminal.data(toJson({ applied }))
  else terminal.say(applied.length === 0 ? 'The tables are up to date.' : `Applied: ${applied.join(', ')}.`)
  if (days !== null && changed) terminal.say(`Changed: ${describeExpiry(days)}.`)
  return 0
}
