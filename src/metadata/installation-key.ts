/** The private key that the installation itself signs with, the same for all services. */
import type { Queries } from './database.ts'

/**
 * The key, `made` where there is none yet: whoever comes first makes it for all. Locked until the transaction ends.
 * @param made PEM, PKCS #8
 */
export async function keepInstallationKey(queries: Queries, made: string): Promise<string> {
  await queries
    .insertInto('installation_key')
    .values({ private_key: made })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await queries
    .selectFrom('installation_key')
    .select('private_key')
    .forUpdate()
    .executeTakeFirstOrThrow()
  return row.private_key
}

export async function replaceInstallationKey(queries: Queries, privateKey: string): Promise<void> {
  await queries.updateTable('installation_key').set({ private_key: privateKey }).execute()
}
