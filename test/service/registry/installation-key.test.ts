/** The key that the installation signs the agents with that come with it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAgentSource } from '../../../src/agents/source.ts'
import { listAudit } from '../../../src/metadata/audit-log.ts'
import { BUILT_IN } from '../../../src/registry/names.ts'
import { readTemplates } from '../../../src/registry/templates.ts'
import { install } from '../../../src/service/registry/install.ts'
import { publish } from '../../../src/service/registry/publish.ts'
import { publishTemplates } from '../../../src/service/registry/publish-templates.ts'
import { showAgent, showVersion } from '../../../src/service/registry/show-agent.ts'
import { listSigningKeys, revokeSigningKey } from '../../../src/service/registry/signatures.ts'
import { startMetadata, type TestMetadata } from '../../support/metadata.ts'
import {
  ACME,
  ADMINISTRATOR,
  callerOf,
  GLOBEX,
  makeDefinition,
  withoutChecks,
} from '../../support/registry.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const builtIn = (name: string) => makeDefinition({ name: `exectrail/${name}` })
const keys = () => listSigningKeys(metadata.database, ADMINISTRATOR.scope)
const required = () =>
  createAgentSource({ database: () => Promise.resolve(metadata.database), signatures: 'required' })
const ACME_TENANT = { organizationId: 'acme' }

it('is made once where several services start at once', async () => {
  const definition = builtIn('first')
  await Promise.all(Array.from({ length: 4 }, () => publishTemplates(metadata.database, [definition])))
  expect(await keys()).toMatchObject([
    { organizationId: BUILT_IN.organizationId, name: 'this installation', revokedAt: null },
  ])
  expect(await showAgent(metadata.database, ACME.scope, definition.name)).toMatchObject({ isSigned: true })
})

it('lets every template run and be installed where signatures are required', async () => {
  const { database } = metadata
  const templates = await readTemplates()
  await publishTemplates(database, templates)
  const agents = required()
  for (const { name, version } of templates) {
    expect(await agents.find(name, ACME_TENANT)).toMatchObject({ name, version })
    await install({ database, signatures: 'required' }, ACME, name)
  }
})

it('also signs what was published before there was a key, and leaves the rest of it as it is', async () => {
  const { database } = metadata
  const definition = builtIn('earlier')
  const publisher = callerOf({ organizationId: BUILT_IN.organizationId })
  await publish(withoutChecks(database), publisher, { definition, visibility: 'public' })
  await publishTemplates(database, [definition])
  expect(await showVersion(database, ACME.scope, definition.name)).toMatchObject({
    isSigned: true,
    checks: {},
  })
  const actions = async () =>
    (await listAudit(database.queries, 'all', { subject: definition.name, before: null, limit: 9 })).map(
      ({ action }) => action,
    )
  const before = await actions()
  expect(before).toEqual(['registry.change', 'registry.review', 'registry.publish'])
  await Promise.all([publishTemplates(database, [definition]), publishTemplates(database, [definition])])
  expect(await actions()).toEqual(before)
})

it('is replaced at the next start once an administrator of the installation has revoked it', async () => {
  const { database } = metadata
  const [old] = await keys()
  const id = old?.id ?? ''
  for (const caller of [ACME, GLOBEX])
    await expect(revokeSigningKey(database, caller, id)).rejects.toMatchObject({ code: 'not_found' })
  await revokeSigningKey(database, ADMINISTRATOR, id)
  await expect(required().find('exectrail/first', ACME_TENANT)).rejects.toMatchObject({ code: 'forbidden' })
  await publishTemplates(database, [])
  expect(await keys()).toMatchObject([{ revokedAt: null }, { id, revokedAt: expect.any(String) }])
  expect(await required().find('exectrail/first', ACME_TENANT)).toMatchObject({ version: '1.0.0' })
  expect(await showVersion(database, ACME.scope, 'exectrail/first')).toMatchObject({ isSigned: true })
  expect(await showAgent(database, ACME.scope, 'exectrail/first')).toMatchObject({ isSigned: true })
})

it('is not among the keys of an organization', async () => {
  expect(await listSigningKeys(metadata.database, ACME.scope)).toEqual([])
})
