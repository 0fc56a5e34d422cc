/** An executor over a real Postgres with a registry in which `acme` publishes. */
import { sourceOf } from '../../src/budgets/source.ts'
import type { AgentExecutionRequest, ExecutionResult } from '../../src/execution.ts'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import type { AgentDefinitionInput } from '../../src/registry/definition.ts'
import { publish } from '../../src/service/registry/publish.ts'
import { decideReview } from '../../src/service/registry/review.ts'
import { offlineConfig } from './configuration.ts'
import { startMetadata, type TestMetadata } from './metadata.ts'
import { recordingTrail } from './recording-trail.ts'
import { ACME, ADMINISTRATOR, makeDefinition, withoutChecks } from './registry.ts'

export interface AgentExecutor extends AsyncDisposable {
  metadata: TestMetadata
  executor: Executor
  /** Publishes a version of `acme/summer` unless changed; `public` with a review. */
  published: (change: Partial<AgentDefinitionInput>, visibility?: 'public' | 'private') => Promise<void>
  /** For `acme`, with three numbers to add, unless changed. */
  run: (request: AgentExecutionRequest) => Promise<ExecutionResult>
}

const SUMMER = {
  language: 'javascript' as const,
  code: 'export function main(input) { return { sum: input.xs.reduce((a, b) => a + b, 0) } }',
  runtimes: ['subprocess' as const, 'vm2' as const],
}

export async function startAgentExecutor(): Promise<AgentExecutor> {
  const metadata = await startMetadata()
  const { database } = metadata
  const config = offlineConfig(metadata.home)
  const executor = await createExecutor({ config, trail: recordingTrail(), budgets: sourceOf(database) })
  return {
    metadata,
    executor,
    async published(change, visibility = 'private') {
      const definition = makeDefinition({ ...SUMMER, ...change })
      await publish(withoutChecks(database), ACME, { definition, visibility })
      if (visibility === 'private') return
      const { name, version } = definition
      await decideReview(database, ADMINISTRATOR, { name, version, decision: 'approved', reason: null })
    },
    run: ({ context, ...rest }) =>
      executor.execute({
        input: { xs: [1, 2, 3] },
        ...rest,
        context: { organizationId: 'acme', ...context },
      }),
    async [Symbol.asyncDispose]() {
      await executor.close(0)
      await metadata[Symbol.asyncDispose]()
    },
  }
}
