/** From a request to an execution that has begun. */
import { ExectrailError } from '../errors.ts'
import type { AgentSource } from '../agents/source.ts'
import type { AgentExecutionRequest, ExecutionRequest, RuntimeName } from '../execution.ts'
import type { Runtimes } from '../runtimes/index.ts'
import { namesAgent, readAgentRequest, withAgent } from './agent-request.ts'
import { createClock } from './clock.ts'
import { beginExecution, type ExecuteContext } from './execute.ts'
import type { Executions, LiveExecution, SubmitOptions } from './executions.ts'
import type { BudgetGate, Charge, Spender } from '../budgets/gate.ts'
import { Idempotency } from './idempotency.ts'
import { normalizeRequest, type NormalizedRequest } from './normalize.ts'
import type { OutputLog } from './output-log.ts'

interface SubmitParts extends Omit<ExecuteContext, 'clock'> {
  runtimes: Runtimes
  executions: Executions
  budgets: BudgetGate
  agents: AgentSource
  isClosed: () => boolean
}

type Submit = (
  request: ExecutionRequest | AgentExecutionRequest,
  options?: SubmitOptions,
) => Promise<LiveExecution>

/** `submit` of an executor. */
export function createSubmit({
  runtimes,
  executions,
  budgets,
  agents,
  isClosed,
  ...rest
}: SubmitParts): Submit {
  const idempotency = new Idempotency()
  const context = { ...rest, clock: createClock() }
  const normalize: Normalize = (request) =>
    normalizeRequest(request, (name: RuntimeName) => runtimes.find(name))
  return async (request, { output, detached = false } = {}) => {
    if (isClosed()) throw closedError()
    const pending = namesAgent(request) ? normalizeAgent(request, agents, normalize) : normalize(request)
    const checked = pending instanceof Promise ? await pending : pending
    if (isClosed()) throw closedError()
    const given = output === undefined ? checked : logged(checked, output)
    // What a key has begun already is paid for.
    const reserved = idempotency.knows(given) ? null : budgets.reserve(spenderOf(given))
    const charge = reserved instanceof Promise ? await reserved : reserved
    const execution = spending(charge, (spend) => {
      if (isClosed()) throw closedError()
      return idempotency.once(given, (normalized) => {
        const begun = beginExecution(normalized, context, charge)
        spend()
        begun.output = output ?? null
        executions.add(begun)
        return begun
      })
    })
    // A caller with the same idempotency key may have begun it and waits.
    if (detached) execution.detach()
    return execution
  }
}

type Normalize = (request: ExecutionRequest) => NormalizedRequest | Promise<NormalizedRequest>

/** The agent is found for the tenant that the execution belongs to. */
async function normalizeAgent(
  request: AgentExecutionRequest,
  agents: AgentSource,
  normalize: Normalize,
): Promise<NormalizedRequest> {
  const asked = readAgentRequest(request)
  const { organizationId = 'default', workspaceId } = asked.context ?? {}
  const tenant = { organizationId, ...(workspaceId === undefined ? {} : { workspaceId }) }
  const found = agents.find(asked.agent, tenant)
  const agent = found instanceof Promise ? await found : found
  const normalized = normalize(withAgent(request, asked, agent))
  return {
    ...(normalized instanceof Promise ? await normalized : normalized),
    asked,
    warnings: agent.warnings,
  }
}

/** What is known of an execution's cost before it runs. */
function spenderOf({ body, context, limits }: NormalizedRequest): Spender {
  const { inputTokens = null, outputTokens = null, model = null } = body.usage ?? {}
  const { timeoutMs: limitTimeoutMs, memoryBytes: limitMemoryBytes, cpuMs: limitCpuMs } = limits
  const { runtime } = body
  return {
    context,
    planned: { runtime, model, inputTokens, outputTokens, limitTimeoutMs, limitMemoryBytes, limitCpuMs },
  }
}

/** Releases the charge unless an execution began with it. */
function spending<T>(charge: Charge | null, begin: (spend: () => void) => T): T {
  let spent = false
  try {
    return begin(() => (spent = true))
  } finally {
    if (!spent) charge?.release()
  }
}

/** The request with its output logged, too. */
function logged(request: NormalizedRequest, output: OutputLog): NormalizedRequest {
  const { onOutput } = request
  return {
    ...request,
    onOutput(chunk) {
      output.push(chunk)
      return onOutput?.(chunk)
    },
  }
}

function closedError(): ExectrailError {
  return new ExectrailError('conflict', 'the executor is closed', { hint: 'Create another executor.' })
}
