/** Definitions of code agents, and the checks of them on an executor of the test file. */
import { afterAll, beforeAll } from 'vitest'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import { checkDefinition } from '../../src/registry/checks/check-definition.ts'
import type { Finding } from '../../src/registry/checks/finding.ts'
import { readDefinition, type AgentDefinitionInput } from '../../src/registry/definition.ts'
import { offlineConfig } from './configuration.ts'
import { temporaryDirectory, type TemporaryDirectory } from './directory.ts'

/** A sound definition. */
export const SUMMER: AgentDefinitionInput = {
  name: 'acme/summer',
  version: '1.0.0',
  description: 'Adds numbers',
  language: 'javascript',
  code: 'function main({ xs }) { return { sum: xs.reduce((sum, x) => sum + x, 0) } }',
  runtimes: ['subprocess', 'vm2'],
  license: 'Apache-2.0',
  readme: '# Summer',
  inputSchema: { type: 'object', required: ['xs'], properties: { xs: { type: 'array' } } },
  examples: [{ name: 'three numbers', input: { xs: [1, 2, 3] }, output: { sum: 6 } }],
}

type Check = (change?: Partial<AgentDefinitionInput>, timeoutMs?: number) => Promise<Finding[]>

/** Checks the sound definition with a change of it. The executor lives as long as the test file. */
export function checking(): Check {
  let home: TemporaryDirectory
  let executor: Executor
  beforeAll(async () => {
    home = await temporaryDirectory()
    executor = await createExecutor({ config: offlineConfig(home.path) })
  })
  afterAll(async () => {
    await executor.close()
    await home[Symbol.asyncDispose]()
  })
  return (change = {}, timeoutMs = 60_000) =>
    checkDefinition(readDefinition({ ...SUMMER, ...change }), executor, {
      tenant: { organizationId: 'acme' },
      timeoutMs,
    })
}
