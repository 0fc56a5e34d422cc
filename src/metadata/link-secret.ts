/** The secret that links to content are signed with, the same for all services. */
import type { Queries } from './database.ts'

/** 64 hex; null before the first link. */
export async function readLinkSecret(queries: Queries): Promise<string | null> {
  const row = await queries.selectFrom('link_secret').select('secret').executeTakeFirst()
  return row?.secret ?? null
}

/** The secret, `made` where there is none yet: whoever comes first makes it for all. @param made 64 hex */
export async function keepLinkSecret(queries: Queries, made: string): Promise<string> {
  const found = await readLinkSecret(queries)
  if (found !== null) return found
  await queries
    .insertInto('link_secret')
    .values({ secret: made })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return (await readLinkSecret(queries)) ?? keepLinkSecret(queries, made)
}
