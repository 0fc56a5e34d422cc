import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { startMetadata } from '../support/metadata.ts'

it('says that the tables are of another version where a column is missing', async () => {
  await using metadata = await startMetadata()
  const asked = sql`select no_such_column from exectrail.registry_keys`.execute(metadata.database.queries)
  await expect(asked).rejects.toMatchObject({
    code: 'metadata_unavailable',
    message: expect.stringContaining('of another version of exectrail'),
  })
})
