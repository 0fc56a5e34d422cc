/** Rules as they are kept. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { getRule } from '../../src/alerts/manage-rules.ts'
import { lockRule } from '../../src/metadata/alert-rules.ts'
import { CALLER } from '../support/alert-stack.ts'
import { makeSpentRule } from '../support/fired-rules.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

it('are read while they are evaluated', async () => {
  const { database } = metadata
  const { id } = await makeSpentRule(database, CALLER, [])
  await database.queries.transaction().execute(async (evaluator) => {
    await lockRule(evaluator, CALLER.scope, id)
    expect(await getRule(database, CALLER.scope, id)).toMatchObject({ id })
  })
})
