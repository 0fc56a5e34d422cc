import { ExectrailError } from '../errors.ts'
import type { ExecutionRequest, FileContent } from '../execution.ts'
import type { Executor } from '../executor/executor.ts'
import type { Scope } from '../store/scope.ts'
import { viewExecution, viewResult, type ExecutionView } from './execution-view.ts'

/** The record of a completed run, and the files it left in `/out`. */
export type RunView = ExecutionView & { files: readonly FileContent[] }

/**
 * Runs code for the tenant of the scope: a bound key only for its own, an administrator's for any.
 * @throws {ExectrailError} `forbidden` for another organization or workspace; for a bad request as `execute` does
 */
export async function runCode(
  parts: { executor: Pick<Executor, 'execute'>; scope: Scope },
  request: ExecutionRequest,
): Promise<RunView> {
  const bound = bindTenant(request, parts.scope)
  const { files, result, resultText, ...record } = await parts.executor.execute(bound)
  const view = viewExecution({ ...record, result: null })
  return { ...view, result: viewResult(resultText, result), files }
}

function bindTenant(request: ExecutionRequest, scope: Scope): ExecutionRequest {
  if (scope === 'all') return request
  const requested = request.context ?? {}
  if ((requested.organizationId ?? scope.organizationId) !== scope.organizationId)
    throw foreign('organization')
  const { workspaceId } = scope
  if (workspaceId !== undefined && (requested.workspaceId ?? workspaceId) !== workspaceId)
    throw foreign('workspace')
  return { ...request, context: { ...requested, ...scope } }
}

function foreign(what: 'organization' | 'workspace'): ExectrailError {
  return new ExectrailError('forbidden', `this key may not run code for that ${what}`, {
    hint: `Leave \`context.${what}Id\` out, or use a key of that ${what}.`,
  })
}
