import { ExectrailError } from '../errors.ts'
import type { AgentExecutionRequest, ExecutionRequest, ExecutionResult } from '../execution.ts'
import type { LiveExecution, SubmitOptions } from '../executor/executions.ts'
import type { Executor } from '../executor/executor.ts'
import { OutputLog } from '../executor/output-log.ts'
import type { Scope } from '../store/scope.ts'
import { viewExecution, viewResult, type ExecutionView } from './execution-view.ts'

/** The record of a completed run, and the files it left in `/out`. */
export type RunView = ExecutionView & Pick<ExecutionResult, 'files' | 'warnings'>

/** The answer to a caller who ran code. */
export function viewRun({ files, result, resultText, warnings, ...record }: ExecutionResult): RunView {
  const view = viewExecution({ ...record, result: null })
  return { ...view, result: viewResult(resultText, result), files, warnings }
}

type Runnable = ExecutionRequest | AgentExecutionRequest

/** Who runs code: the executor, and the organizations of the caller's key. */
interface RunParts {
  executor: Pick<Executor, 'submit'>
  scope: Scope
}

/**
 * Runs code for the tenant of the scope: a bound key only for its own, an administrator's for any.
 * @throws {ExectrailError} `forbidden` for another organization or workspace; for a bad request as `execute` does
 */
export async function runCode(parts: RunParts, request: Runnable): Promise<RunView> {
  const execution = await submit(parts, request)
  return viewRun(await execution.result)
}

/**
 * Begins to run code and does not wait for its end. Its start is then in the outbox, so that a crash leaves a record.
 * @throws {ExectrailError} as `runCode` before the execution begins
 */
export async function startCode(parts: RunParts, request: Runnable): Promise<LiveExecution> {
  const execution = await submit(parts, request, { detached: true })
  await execution.begun
  return execution
}

function submit(
  { executor, scope }: RunParts,
  request: Runnable,
  options: SubmitOptions = {},
): Promise<LiveExecution> {
  return executor.submit(bindTenant(request, scope), { ...options, output: new OutputLog() })
}

function bindTenant(request: Runnable, scope: Scope): Runnable {
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
