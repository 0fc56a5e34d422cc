/** The agents that come with exectrail, published where a service starts. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listAudit } from '../../../src/metadata/audit-log.ts'
import { openDatabase } from '../../../src/metadata/database.ts'
import { BUILT_IN } from '../../../src/registry/names.ts'
import { readTemplates } from '../../../src/registry/templates.ts'
import { changeAgent } from '../../../src/service/registry/change-agent.ts'
import { changeStatus } from '../../../src/service/registry/change-status.ts'
import { createNamespace, offer } from '../../../src/service/registry/namespaces.ts'
import { publish } from '../../../src/service/registry/publish.ts'
import { keepTemplates, publishTemplates } from '../../../src/service/registry/publish-templates.ts'
import { searchAgents } from '../../../src/service/registry/search-agents.ts'
import { showAgent, showVersion } from '../../../src/service/registry/show-agent.ts'
import { startMetadata, type TestMetadata } from '../../support/metadata.ts'
import { ACME, ADMINISTRATOR, callerOf, makeDefinition, withoutChecks } from '../../support/registry.ts'
import { waitFor } from '../../support/wait.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const builtIn = (name: string, version = '1.0.0') => makeDefinition({ name: `exectrail/${name}`, version })
const audited = async (subject: string) =>
  (await listAudit(metadata.database.queries, 'all', { subject, before: null, limit: 50 })).map(
    ({ action }) => action,
  )

it('keeps the namespace from everyone else, before the first start and after', async () => {
  const { database } = metadata
  const tryAll = async (): Promise<void> => {
    for (const caller of [ACME, ADMINISTRATOR, callerOf({ organizationId: 'exectrail' })]) {
      const mine = { definition: builtIn('mine') }
      const refused = { code: 'forbidden', message: expect.stringContaining('another organization') }
      await expect(publish(withoutChecks(database), caller, mine)).rejects.toMatchObject(refused)
      await expect(createNamespace(database, caller, 'exectrail')).rejects.toMatchObject(refused)
    }
  }
  await tryAll()
  await publishTemplates(database, [builtIn('first')])
  await tryAll()
  await expect(offer(database, ADMINISTRATOR, { name: 'exectrail', to: 'acme' })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

it('publishes all of them in the background, once, for every organization', async () => {
  const { database, logged } = metadata
  const templates = await readTemplates()
  const names = templates.map(({ name }) => name)
  const areThere = async (): Promise<boolean> => {
    const asked = { namespace: 'exectrail', owner: 'any', limit: 50, after: null } as const
    const { data } = await searchAgents(database, ACME.scope, asked)
    const found = new Set(data.map(({ name }) => name))
    return names.every((name) => found.has(name))
  }
  const keeper = keepTemplates({ database, log: (line) => logged.push(line) })
  await waitFor(areThere, { what: 'the templates' })
  await keeper.close()
  const [name = ''] = names
  expect(await showAgent(database, ACME.scope, name)).toMatchObject({
    isMine: false,
    isReviewed: true,
    visibility: 'public',
    organizationId: BUILT_IN.organizationId,
  })
  expect(await showVersion(database, ACME.scope, name)).toMatchObject({
    checks: { testedWith: 'the tests of exectrail' },
    publishedBy: null,
  })
  const before = await audited(name)
  expect(await publishTemplates(database, templates)).toEqual([])
  expect(await audited(name)).toEqual(before)
  expect(logged).toEqual([])
})

it('decides between several services that start at once', async () => {
  const templates = Array.from({ length: 5 }, (_, index) => builtIn(`race-${index}`))
  const ends = await Promise.all(
    Array.from({ length: 4 }, () => publishTemplates(metadata.database, templates)),
  )
  expect(ends.flat().toSorted()).toEqual(templates.map(({ name }) => `${name}@1.0.0`))
  for (const { name } of templates) {
    expect(await showAgent(metadata.database, ACME.scope, name)).toMatchObject({ version: '1.0.0' })
    expect(await audited(name)).toEqual(['registry.review', 'registry.publish'])
  }
})

it('adds the versions of an upgrade, and leaves what an administrator decided', async () => {
  const { database } = metadata
  const [open, hidden] = ['exectrail/open', 'exectrail/hidden']
  await publishTemplates(database, [builtIn('open'), builtIn('hidden')])
  await changeAgent(database, ADMINISTRATOR, { name: hidden, visibility: 'private' })
  await changeStatus(database, ADMINISTRATOR, {
    name: open,
    version: '1.0.0',
    status: 'yanked',
    reason: 'counts twice',
  })
  const upgrade = [
    makeDefinition({ name: open, code: 'def main(input): return 2' }),
    builtIn('open', '1.1.0'),
    builtIn('hidden', '1.1.0'),
  ]
  expect(await publishTemplates(database, upgrade)).toEqual([`${open}@1.1.0`, `${hidden}@1.1.0`])
  expect(await showAgent(database, ACME.scope, open)).toMatchObject({
    version: '1.1.0',
    versions: [{ status: 'yanked' }, { status: 'active', review: 'approved' }],
  })
  await expect(showAgent(database, ACME.scope, hidden)).rejects.toMatchObject({ code: 'not_found' })
})

it('approves a version whose service was killed after it was published', async () => {
  const { database } = metadata
  const definition = builtIn('killed')
  const publisher = callerOf({ organizationId: BUILT_IN.organizationId })
  await publish(withoutChecks(database), publisher, { definition, visibility: 'public' })
  await expect(showAgent(database, ACME.scope, definition.name)).rejects.toMatchObject({ code: 'not_found' })
  expect(await publishTemplates(database, [definition])).toEqual([])
  expect(await showAgent(database, ACME.scope, definition.name)).toMatchObject({ isReviewed: true })
})

it('warns in one line where it cannot', async () => {
  const database = openDatabase('postgresql://nobody@127.0.0.1:1/none')
  const lines: string[] = []
  const keeper = keepTemplates({ database, log: (line) => lines.push(line) })
  await waitFor(() => lines.length > 0, { what: 'the line' })
  await keeper.close()
  await database.close()
  expect(lines).toEqual([expect.stringContaining('The agents of exectrail/ are not published: ')])
})
