/** `exectrail migrate`: brings the tables of the store up to date. */
import { loadConfig } from '../../config.ts'
import { ExectrailError } from '../../errors.ts'
import { migrate as migrateStore } from '../../store/migrate.ts'
import { openStore } from '../open-store.ts'
import type { Terminal } from '../terminal.ts'
import { toJson } from '../escape-controls.ts'

export interface MigrateOptions {
  json?: true
}

/**
 * Applies the missing migrations to the store of `CLICKHOUSE_URL` or of the running stack.
 * @throws {ExectrailError} when there is neither
 */
export async function migrate(options: MigrateOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig()
  const store = await openStore(config)
  if (store === null) {
    throw new ExectrailError('store_unavailable', `no store is known for ${config.home}`, {
      hint: 'Set CLICKHOUSE_URL, or start the embedded one with `exectrail up`, which migrates it by itself.',
    })
  }
  try {
    const { applied } = await migrateStore(store)
    if (options.json) await terminal.data(toJson({ applied }))
    else terminal.say(applied.length === 0 ? 'The tables are up to date.' : `Applied: ${applied.join(', ')}.`)
    return 0
  } finally {
    await store.close()
  }
}
