/** Runs again what an execution ran. */
import { z } from 'zod'
import { ExectrailError, type Issue, InvalidRequestError } from '../errors.ts'
import { JsonSource } from '../exact-json.ts'
import type { ExecutionContext, ExecutionRecord, ExecutionRequest } from '../execution.ts'
import type { Executor } from '../executor/executor.ts'
import { NO_LOSS } from '../executor/kept-request.ts'
import { executionRequestSchema } from '../executor/request-schema.ts'
import type { Store } from '../store/client.ts'
import { getExecution } from '../store/queries/get-execution.ts'
import type { Scope } from '../store/scope.ts'
import { noSuchExecution } from './get-execution.ts'
import type { LiveExecution } from '../executor/executions.ts'
import { withWholeRequest, type ReadBlob } from './whole-request.ts'
import { runCode, startCode, type RunView } from './run-code.ts'

/** What a replay does otherwise; everything else is as it was. Ids of `context` replace or add single ones. */
export type ReplayChanges = {
  [Name in Changeable]?: ExecutionRequest[Name] | undefined
} & { context?: Omit<ExecutionContext, 'organizationId'> | undefined }
type Changeable = 'runtime' | 'language' | 'input' | 'limits' | 'env' | 'files' | 'network' | 'idempotencyKey'

/** How a replay is run, which is no part of the record. */
export type ReplayRun = Pick<ExecutionRequest, 'signal' | 'parent' | 'onOutput'>

type Replay = { executionId: string; changes: ReplayChanges } & ReplayRun

interface ReplayParts {
  store: Store
  executor: Pick<Executor, 'submit'>
  scope: Scope
  /** Null or absent: what a record holds in part cannot be replayed. */
  readBlob?: ReadBlob | null
}

/**
 * Runs the code of an execution again: same input, files, limits and rules unless `changes` has others. The new record
 * names the execution in `replayOf`. It belongs to the same organization, workspace, user and agent, but is no step of the
 * workflow execution, nor the tool call, that the first one was.
 * @throws {ExectrailError} `not_found`; `not_replayable` with what was not kept as it was
 */
export async function replay(parts: ReplayParts, given: Replay): Promise<RunView> {
  return runCode(parts, await requestOf(parts, given))
}

/**
 * Begins a replay and does not wait for its end.
 * @throws {ExectrailError} as `replay` before it begins
 */
export async function startReplay(parts: ReplayParts, given: Replay): Promise<LiveExecution> {
  return startCode(parts, await requestOf(parts, given))
}

async function requestOf(
  { store, scope, readBlob = null }: ReplayParts,
  { executionId, changes, ...run }: Replay,
): Promise<ExecutionRequest> {
  const record = await getExecution(store, scope, executionId)
  if (record === null) throw noSuchExecution()
  const whole = readBlob === null ? record : await withWholeRequest(record, readBlob)
  return { ...repeatedRequest(whole, changes), ...run }
}

/** What `request` of a record holds; see `keptRequest`. Records come from other programs too, so it may be anything. */
const keptSchema = executionRequestSchema
  .pick({ files: true, network: true, limits: true, policy: true, inputSchema: true, outputSchema: true })
  .extend({ env: z.array(z.string()).optional() })

function readKept(record: ExecutionRecord): z.output<typeof keptSchema> {
  if (record.request === null) return {}
  const parsed = keptSchema.safeParse(parseJson(record, 'request', record.request))
  if (!parsed.success) throw notReplayable(record, 'its `request` is none')
  return parsed.data
}

function parseJson(record: ExecutionRecord, name: 'input' | 'request', text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notReplayable(record, `its \`${name}\` is no JSON`)
  }
}

const MIB = 1_048_576

function repeatedRequest(record: ExecutionRecord, changes: ReplayChanges): ExecutionRequest {
  const { code, input, limitTimeoutMs, limitMemoryBytes } = record
  rejectLosses(record, changes)
  if (code === null) throw notReplayable(record, 'code not kept')
  if (input !== null) parseJson(record, 'input', input)
  const { env, limits, ...kept } = readKept(record)
  rejectMissingVariables(env ?? [], changes)
  const { codeAgentId, codeAgentVersion, organizationId, userId, workspaceId } = record
  const context = { organizationId, workspaceId, userId, codeAgentId, codeAgentVersion }
  const memory = limitMemoryBytes === null ? {} : { memoryMb: Math.ceil(limitMemoryBytes / MIB) }
  const changed = {
    ...kept,
    ...(input === null ? {} : { input: new JsonSource(input) }),
    ...withoutUndefined(changes),
  }
  return {
    ...changed,
    code,
    runtime: changes.runtime ?? record.runtime,
    language: changes.language ?? record.language,
    limits: { ...limits, timeoutMs: limitTimeoutMs, ...memory, ...changes.limits },
    context: { ...withoutNulls(context), ...changes.context },
    replayOf: record.executionId,
  }
}

/** What was changed need not have been kept. */
function rejectLosses(record: ExecutionRecord, { input, files }: ReplayChanges): void {
  const { requestLoss } = record
  if (requestLoss === null)
    throw notReplayable(record, 'its record is from before records kept what a replay needs')
  const losses = requestLoss === NO_LOSS ? [] : requestLoss.split(', ')
  const replaced = (loss: string): boolean =>
    (loss.startsWith('input ') && input !== undefined) || (loss.startsWith('files ') && files !== undefined)
  const left = losses.filter((loss) => !replaced(loss))
  if (left.length > 0) throw notReplayable(record, left.join(', '))
}

const HINT =
  'Run the complete code as a new execution, or give `input` or `files` where only those are missing. A record keeps 64 KiB of each, the blob store the rest once it has it; both mask secrets, and leave out what EXECTRAIL_RECORD_CONTENT leaves out.'

function notReplayable({ executionId }: ExecutionRecord, why: string): ExectrailError {
  return new ExectrailError('not_replayable', `execution ${executionId} cannot be replayed: ${why}`, {
    hint: HINT,
  })
}

/** Values of variables are secrets, so no record keeps them. */
function rejectMissingVariables(names: readonly string[], { env = {} }: ReplayChanges): void {
  const issues = names
    .filter((name) => !Object.hasOwn(env, name))
    .map((name): Issue => ({ path: `env.${name}`, message: 'give its value, which no record keeps' }))
  if (issues.length > 0) throw new InvalidRequestError(issues)
}

function withoutUndefined(changes: ReplayChanges): ReplayChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

function withoutNulls<Value>(ids: Readonly<Record<string, Value | null>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(ids).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  )
}
