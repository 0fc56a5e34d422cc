/** `exectrail migrate`: the tables of the store, brought up to date. */
import { loadConfig } from '../../config.ts'
import { ExectrailError } from '../../errors.ts'
import { migrate as migrateStore } from '../../store/migrate.ts'
import { openRunningStore } from '../running-store.ts'
import type { Terminal } from '../terminal.ts'
import { toJson } from '../visible.ts'

export interface MigrateOptions {
  json?: true
}

/**
 * Applies what is missing to the store of `CLICKHOUSE_URL`, or of the running stack.
 * @throws {ExectrailError} when neither is there
 */
export async function migrate(options: MigrateOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig()
  const store = await openRunningStore(config)
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
