/** From a request to an execution that has begun. */
import { ExectrailError } from '../errors.ts'
import type { ExecutionRequest, RuntimeName } from '../execution.ts'
import type { Runtimes } from '../runtimes/index.ts'
import { createClock } from './clock.ts'
import { beginExecution, type ExecuteContext } from './execute.ts'
import type { Executions, LiveExecution, SubmitOptions } from './executions.ts'
import { Idempotency } from './idempotency.ts'
import { normalizeRequest, type NormalizedRequest } from './normalize.ts'
import type { OutputLog } from './output-log.ts'

interface SubmitParts extends Omit<ExecuteContext, 'clock'> {
  runtimes: Runtimes
  executions: Executions
  isClosed: () => boolean
}

type Submit = (request: ExecutionRequest, options?: SubmitOptions) => Promise<LiveExecution>

/** `submit` of an executor. */
export function createSubmit({ runtimes, executions, isClosed, ...rest }: SubmitParts): Submit {
  const idempotency = new Idempotency()
  const context = { ...rest, clock: createClock() }
  return async (request, { output, detached = false } = {}) => {
    if (isClosed()) throw closedError()
    const pending = normalizeRequest(request, (name: RuntimeName) => runtimes.find(name))
    const checked = pending instanceof Promise ? await pending : pending
    if (isClosed()) throw closedError()
    const given = output === undefined ? checked : logged(checked, output)
    const execution = idempotency.once(given, (normalized) => {
      const begun = beginExecution(normalized, context)
      begun.output = output ?? null
      executions.add(begun)
      return begun
    })
    // A caller with the same idempotency key may have begun it and waits.
    if (detached) execution.detach()
    return execution
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
