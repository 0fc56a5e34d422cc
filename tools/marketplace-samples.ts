/** What pictures of the marketplace show: two organizations with signed agents, namespaces that change hands, and reports. */
import { createClient, type AgentDefinitionInput, type Client } from '../src/client/index.ts'
import { sha256Of } from '../src/registry/canonical-hash.ts'
import { readDefinition } from '../src/registry/definition.ts'
import { createSigningKey, signVersion } from '../src/registry/signature.ts'

const AGENT: AgentDefinitionInput = {
  name: 'acme/summer',
  version: '1.0.0',
  description: 'Adds the numbers of a list',
  language: 'python',
  code: 'def main(input):\n    return {"sum": sum(input["xs"])}\n',
  runtimes: ['subprocess'],
  readme: '# acme/summer\n\nAdds the numbers of a list.\n',
  license: 'Apache-2.0',
  topics: ['numbers'],
}

/** @param administrator of the whole installation. @returns the key of an administrator of one organization */
export async function fillMarketplace(administrator: Client, url: string): Promise<string> {
  const keyOf = async (name: string, organizationId: string) =>
    (await administrator.createKey({ name, organizationId, scopes: ['admin'] })).secret
  const key = await keyOf('ada', 'acme')
  const acme = createClient({ url, key })
  const globex = createClient({ url, key: await keyOf('grace', 'globex') })
  await publishSigned(acme)
  const at = { namespace: 'acme', name: 'summer' }
  await administrator.reviewAgent({ ...at, version: '1.0.0', decision: 'approved' })
  const report = { ...at, kind: 'other' as const, message: 'Its README could name the version of Python.' }
  const { id } = await globex.reportAgent(report)
  await administrator.resolveAgentReport({ id, resolution: 'The README names it now' })
  await globex.reportAgent({
    ...at,
    kind: 'misleading',
    version: '1.0.0',
    message: 'It adds, but fails on texts.',
  })
  await moveNamespaces(acme, globex)
  return key
}

async function publishSigned(acme: Client): Promise<void> {
  const pair = createSigningKey()
  await acme.addSigningKey({ name: 'release', publicKey: pair.publicKey })
  const lost = await acme.addSigningKey({ name: 'laptop', publicKey: createSigningKey().publicKey })
  await acme.revokeSigningKey({ id: lost.id })
  const definition = readDefinition(AGENT)
  const { name, version } = definition
  const signature = signVersion({ name, version, sha256: sha256Of(definition) }, pair.privateKey)
  await acme.publishAgent({ definition: AGENT, visibility: 'public', signature: { ...signature } })
}

async function moveNamespaces(acme: Client, globex: Client): Promise<void> {
  await acme.createAgentNamespace({ name: 'acme-labs' })
  await acme.offerAgentNamespace({ namespace: 'acme-labs', to: 'globex' })
  for (const namespace of ['charts', 'reports']) {
    await globex.createAgentNamespace({ name: namespace })
    await globex.offerAgentNamespace({ namespace, to: 'acme' })
  }
  await acme.acceptAgentNamespace({ namespace: 'charts' })
}
