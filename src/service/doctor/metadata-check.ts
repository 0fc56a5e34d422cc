/** Whether Postgres answers and has its tables. */
import { messageOf } from '../../errors.ts'
import { openDatabase } from '../../metadata/database.ts'
import { pendingMigrations } from '../../metadata/migrate.ts'
import { readEndpoints } from '../../stack/endpoints.ts'
import { FailedCheck, START, type DoctorCheck } from './check.ts'

export const checkMetadata: DoctorCheck['run'] = async ({ config }) => {
  const url = config.databaseUrl ?? (await readEndpoints(config.home))?.metadata
  if (url === undefined) return { skipped: 'the stack uses a DATABASE_URL that is not set here' }
  const database = openDatabase(url)
  try {
    const pending = await pendingMigrations(database)
    if (pending.length === 0) return 'Postgres answers, with its tables up to date'
    throw new FailedCheck(`Postgres lacks ${pending.join(', ')}`, START)
  } catch (error) {
    if (error instanceof FailedCheck) throw error
    const fix =
      config.databaseUrl === null
        ? 'Its log is logs/metadata.log under the home; the stack starts it again by itself.'
        : 'Check DATABASE_URL, and whether that Postgres runs.'
    throw new FailedCheck(messageOf(error), fix)
  } finally {
    await database.close()
  }
}
