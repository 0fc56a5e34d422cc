/** Which replica evaluates: the one that holds the lease. */
import { sql } from 'kysely'
import type { Queries } from './database.ts'

/** Takes or renews the lease by the clock of Postgres. @returns whether `holder` has it, and what time it is there, ms */
export async function takeLease(
  queries: Queries,
  { holder, seconds }: { holder: string; seconds: number },
): Promise<{ held: boolean; now: number }> {
  const until = sql<Date>`now() + make_interval(secs => ${seconds})`
  const held = await queries
    .insertInto('alert_evaluator')
    .values({ holder, held_until: until })
    .onConflict((conflict) =>
      conflict
        .column('one')
        .doUpdateSet({ holder, held_until: until })
        .where((where) =>
          where.or([
            where('alert_evaluator.holder', '=', holder),
            where('alert_evaluator.holder', 'is', null),
            where('alert_evaluator.held_until', '<', sql<Date>`now()`),
          ]),
        ),
    )
    .returning(sql<Date>`now()`.as('now'))
    .executeTakeFirst()
  return { held: held !== undefined, now: held?.now.getTime() ?? Date.now() }
}

/** Gives the lease up, so that another replica goes on at once. */
export async function releaseLease(queries: Queries, holder: string): Promise<void> {
  await queries
    .updateTable('alert_evaluator')
    .set({ holder: null, held_until: null })
    .where('holder', '=', holder)
    .execute()
}

/** True once in the life of an installation: for who adds the default rules. */
export async function claimSeeding(queries: Queries): Promise<boolean> {
  await queries
    .insertInto('alert_evaluator')
    .values({ holder: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const claimed = await queries
    .updateTable('alert_evaluator')
    .set({ seeded_at: sql<Date>`now()` })
    .where('seeded_at', 'is', null)
    .returning('one')
    .executeTakeFirst()
  return claimed !== undefined
}
