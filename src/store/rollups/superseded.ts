/** Figures that were computed again since: no question reads them. */
import { TupleParam } from '@clickhouse/client'
import type { Store } from '../client.ts'
import { rowsOfTable } from '../cluster.ts'
import { readStoreClock } from '../store-clock.ts'
import { tenantCondition } from '../tenant.ts'
import { firstGenerationAt } from './generation.ts'

const TABLES = ['code_exec_rollups', 'code_exec_rollup_failures', 'code_exec_rollup_values'] as const
/** All are one parameter, and the engine takes statements of at most 262,144 bytes. */
const AT_ONCE = 1000

interface Superseded {
  organization_id: string
  day: string
  generation: string
}

/**
 * Removes figures that newer ones have replaced for `afterMs`: a question that had planned to read them has ended by then.
 * Figures without newer ones stay, since a process may still be computing them.
 */
export async function removeSuperseded(store: Store, afterMs: number): Promise<void> {
  const until = firstGenerationAt((await readStoreClock(store)) - afterMs)
  for (const table of TABLES) {
    const found = await listSuperseded(store, table, until)
    const months = Map.groupBy(found, ({ day }) => day.slice(0, 7).replace('-', ''))
    for (const [month, figures] of months)
      for (let first = 0; first < figures.length; first += AT_ONCE)
        await remove(store, { table, month, figures: figures.slice(first, first + AT_ONCE) })
  }
}

const EVERYONE = tenantCondition('all', null).sql

function listSuperseded(store: Store, table: string, until: number): Promise<Superseded[]> {
  return store.query(
    `SELECT DISTINCT kept.organization_id AS organization_id, kept.day AS day, kept.generation AS generation
     FROM (SELECT DISTINCT organization_id, toDate(bucket) AS day, generation FROM ${table} WHERE ${EVERYONE}) AS kept
     INNER JOIN (SELECT organization_id, day, generation FROM code_exec_rollup_days FINAL WHERE ${EVERYONE}) AS newest
       ON kept.organization_id = newest.organization_id AND kept.day = newest.day
     WHERE kept.generation < newest.generation AND newest.generation <= {until:UInt64}`,
    { until },
  )
}

async function remove(
  store: Store,
  { table, month, figures }: { table: string; month: string; figures: readonly Superseded[] },
): Promise<void> {
  await store.command(
    `ALTER TABLE ${rowsOfTable(table, store.cluster)} DELETE IN PARTITION ${month}
     WHERE (organization_id, toDate(bucket), generation) IN {figures:Array(Tuple(String, Date, UInt64))}`,
    {
      figures: figures.map(
        ({ organization_id: id, day, generation }) => new TupleParam([id, day, BigInt(generation)]),
      ),
    },
  )
}
