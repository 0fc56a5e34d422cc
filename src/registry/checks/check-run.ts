/** What the checks of one definition share: who runs code for them, and until when. */
import type { ExecutionRequest, ExecutionResult, RuntimeName } from '../../execution.ts'
import type { Executor } from '../../executor/executor.ts'
import type { Readiness, Runtime } from '../../runtimes/runtime.ts'

/** Whose definition is checked; its runs are recorded under these ids. */
export interface CheckTenant {
  organizationId: string
  workspaceId?: string | undefined
  userId?: string | undefined
}

export type CheckExecutor = Pick<Executor, 'execute' | 'runtimes'>

export interface CheckRun {
  tenant: CheckTenant
  executor: CheckExecutor
  /** Aborted when the checks have taken too long. */
  signal: AbortSignal
  /** Runtimes that are part of the executor, with what they serve and whether they are ready. */
  runtimes: ReadonlyMap<RuntimeName, { runtime: Runtime; readiness: Readiness }>
}

/** Under which agent the runs of checks are recorded: not the checked one, whose statistics they are no part of. */
const CHECKING_AGENT = 'registry-check'

/** Runs code for a check, as the tenant. Resolves whatever the code does. */
export function runForCheck(
  { executor, tenant, signal }: CheckRun,
  request: Omit<ExecutionRequest, 'context' | 'signal'>,
): Promise<ExecutionResult> {
  const { organizationId, workspaceId, userId } = tenant
  return executor.execute({
    ...request,
    signal,
    context: { organizationId, workspaceId, userId, codeAgentId: CHECKING_AGENT, toolName: 'check_agent' },
  })
}
