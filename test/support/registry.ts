/** Definitions and callers for tests of the registry. */
import type { Caller } from '../../src/metadata/audit-log.ts'
import type { Database } from '../../src/metadata/database.ts'
import {
  readDefinition,
  type AgentDefinition,
  type AgentDefinitionInput,
} from '../../src/registry/definition.ts'
import type { PublishParts } from '../../src/service/registry/publish.ts'
import type { Scope } from '../../src/store/scope.ts'

/** A valid definition; `name` is `acme/summer` and `version` 1.0.0 unless changed. */
export function makeDefinition(change: Partial<AgentDefinitionInput> = {}): AgentDefinition {
  return readDefinition({
    name: 'acme/summer',
    version: '1.0.0',
    description: 'Adds numbers',
    language: 'python',
    code: 'def main(input):\n    return {"sum": sum(input["xs"])}',
    runtimes: ['subprocess', 'wasmedge'],
    inputSchema: { type: 'object', properties: { xs: { type: 'array', items: { type: 'number' } } } },
    license: 'Apache-2.0',
    topics: ['math'],
    readme: '# Summer\n\nAdds the numbers of a list.',
    ...change,
  })
}

export function callerOf(scope: Scope, name = 'test'): Caller {
  return { scope, actor: { keyId: null, name, address: null } }
}

export const ACME = callerOf({ organizationId: 'acme' })
export const ACME_W1 = callerOf({ organizationId: 'acme', workspaceId: 'w1' })
export const ACME_W2 = callerOf({ organizationId: 'acme', workspaceId: 'w2' })
export const GLOBEX = callerOf({ organizationId: 'globex' })
export const ADMINISTRATOR = callerOf('all')

/** Publishing without checks, for tests of what comes after them. */
export function withoutChecks(database: Database): PublishParts {
  return { database, check: () => Promise.resolve({}) }
}
