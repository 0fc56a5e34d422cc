/** An execution that has not ended, as callers see it. */
import type { Executor } from '../executor/executor.ts'
import type { LiveExecution, Listed, Phase } from '../executor/executions.ts'
import { mapNames, type ExecutionRecord } from '../record/record.ts'
import { includes, type Scope } from '../store/scope.ts'
import { viewExecution, type ExecutionView } from './execution-view.ts'
import { viewRun, type RunView } from './run-code.ts'

/** What is shown of an execution that has not ended. */
export const RUNNING_FIELDS = [
  'executionId',
  'organizationId',
  'workspaceId',
  'userId',
  'codeAgentId',
  'codeAgentVersion',
  'workflowExecutionId',
  'nodeId',
  'runtime',
  'language',
  'limitTimeoutMs',
  'startedAt',
  'executorId',
] as const

type RunningField = (typeof RUNNING_FIELDS)[number]

export interface RunningView extends Pick<ExecutionRecord, RunningField> {
  /** Null where another executor has it: the store does not say whether it waits or runs. */
  phase: Phase | null
  /** 1 is the next of its organization to run; null when it does not wait. */
  queuePosition: number | null
  /** ms since `startedAt`. */
  elapsedMs: number
  cancelRequested: boolean
}

type Executions = Pick<Executor, 'executions'>

/** An execution of this process that the scope may see; null when there is none. */
export function findLive(
  { executions }: Executions,
  scope: Scope,
  executionId: string,
): LiveExecution | null {
  const found = executions.find(executionId)
  return found !== null && includes(scope, found.started) ? found : null
}

/** @param now ms since the epoch */
export function viewRunning({ execution, queuePosition }: Listed, now: number): RunningView {
  const { started, phase, cancelRequested } = execution
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each member is the record's own
  const known = mapNames(RUNNING_FIELDS, (name) => started[name]) as Pick<RunningView, RunningField>
  return {
    ...known,
    phase,
    queuePosition,
    elapsedMs: Math.max(0, now - Date.parse(started.startedAt)),
    cancelRequested,
  }
}

/** One that another executor has. */
export function viewElsewhere(started: Pick<RunningView, RunningField>, now: number): RunningView {
  const elapsedMs = Math.max(0, now - Date.parse(started.startedAt))
  return { ...started, phase: null, queuePosition: null, elapsedMs, cancelRequested: false }
}

/** One execution with its place in the queue. */
export function viewOne({ executions }: Executions, execution: LiveExecution, now: number): RunningView {
  for (const listed of executions.list()) if (listed.execution === execution) return viewRunning(listed, now)
  return viewRunning({ execution, queuePosition: null }, now)
}

/**
 * An execution that ended: for those who may run code its answer, where its caller did not wait for it; else what is
 * recorded of it, which has secrets masked. Null when it has not ended.
 */
export function viewEnded(
  { ended, detached }: LiveExecution,
  reader: { mayExecute: boolean },
): ExecutionView | RunView | null {
  if (ended === null) return null
  return detached && reader.mayExecute ? viewRun(ended.result) : viewExecution(ended.recorded)
}
