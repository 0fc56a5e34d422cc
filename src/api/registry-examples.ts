/** Example requests of the registry's operations, in an order in which a service can answer them. */
const AGENT = { namespace: 'acme', name: 'summer' }
const ID = '0199c1a0-0000-7000-8000-000000000000'
const DEFINITION = {
  name: 'acme/summer',
  version: '1.2.0',
  description: 'Adds the numbers of a list',
  language: 'python',
  code: 'def main(input):\n    return {"sum": sum(input["xs"])}',
  runtimes: ['subprocess', 'wasmedge'],
  inputSchema: {
    type: 'object',
    properties: { xs: { type: 'array', items: { type: 'number' } } },
    required: ['xs'],
  },
  examples: [{ name: 'three numbers', input: { xs: [1, 2, 3] }, output: { sum: 6 } }],
  license: 'Apache-2.0',
  topics: ['math'],
}

export const REGISTRY_EXAMPLES = {
  publishAgent: { body: { definition: DEFINITION, visibility: 'organization' } },
  searchAgents: {
    parameters: {
      q: 'numbers',
      topic: 'math',
      language: 'python',
      license: 'Apache-2.0',
      sort: 'success',
      limit: 10,
      facets: 'counted',
    },
  },
  getAgent: { parameters: AGENT },
  getAgentVersion: { parameters: { ...AGENT, version: '^1.2' } },
  changeAgent: { parameters: AGENT, body: { visibility: 'public' } },
  changeAgentStatus: {
    parameters: AGENT,
    body: { version: '1.2.0', status: 'deprecated', reason: 'acme/adder replaces it' },
  },
  putAgentTag: { parameters: { ...AGENT, tag: 'stable' }, body: { version: '1.2.0' } },
  deleteAgentTag: { parameters: { ...AGENT, tag: 'stable' } },
  forkAgent: { parameters: AGENT, body: { to: 'globex/adder', selector: '^1.2', version: '1.0.0' } },
  reviewAgent: { parameters: AGENT, body: { version: '1.2.0', decision: 'approved' } },
  reportAgent: { parameters: AGENT, body: { kind: 'broken', message: 'It fails for an empty list' } },
  installAgent: { body: { agent: 'acme/summer@^1.2' } },
  listInstalledAgents: {},
  uninstallAgent: { parameters: AGENT },
  createAgentNamespace: { body: { name: 'acme' } },
  listAgentNamespaces: {},
  offerAgentNamespace: { parameters: { namespace: 'acme' }, body: { to: 'globex' } },
  acceptAgentNamespace: { parameters: { namespace: 'acme', organization: 'globex' } },
  declineAgentNamespace: { parameters: { namespace: 'acme', organization: 'globex' } },
  listAgentReviews: {},
  listAgentReports: { parameters: { state: 'any' } },
  resolveAgentReport: { parameters: { id: ID }, body: { resolution: 'Version 1.2.0 is refused' } },
  listSigningKeys: {},
  addSigningKey: {
    body: {
      name: 'release',
      publicKey:
        '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    },
  },
  revokeSigningKey: {
    parameters: { id: 'a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f' },
  },
}
