/** An executor's inner parts around a runtime written in the test, with a trail that keeps what it is given. */
import { loadConfig, type Config } from '../../src/config.ts'
import { createPricing } from '../../src/cost/pricing.ts'
import { beginExecution } from '../../src/executor/execute.ts'
import { Executions } from '../../src/executor/executions.ts'
import { Admission, type AdmissionOptions } from '../../src/executor/admission.ts'
import { createClock } from '../../src/executor/clock.ts'
import { normalizeRequest } from '../../src/executor/normalize.ts'
import type {
  ExecutionRecord,
  ExecutionRequest,
  ExecutionResult,
  StartedRecord,
} from '../../src/execution.ts'
import { EMPTY_EXIT } from '../../src/runtimes/exits.ts'
import type { Runtime, RuntimeExit, RuntimeIo, RuntimeRequest } from '../../src/runtimes/runtime.ts'
import type { Trail } from '../../src/telemetry/trail.ts'

/** A clean exit of a namespace sandbox, changed by `part`. */
export function exitWith(part: Partial<RuntimeExit> = {}): RuntimeExit {
  return { ...EMPTY_EXIT, exitCode: 0, isolation: 'namespace', ...part }
}

/** A runtime that does what `run` says. */
export function toyRuntime(run: (request: RuntimeRequest, io: RuntimeIo) => Promise<RuntimeExit>): Runtime {
  return {
    name: 'subprocess',
    capabilities: {
      languages: ['javascript', 'bash'],
      isolation: 'namespace',
      enforces: [],
      streaming: true,
    },
    run,
    check: () =>
      Promise.resolve({
        ready: true,
        version: 'toy',
        isolation: 'namespace',
        enforces: [],
        missing: [],
        notes: [],
      }),
    close: () => Promise.resolve(),
  }
}

const NO_PRICES = {
  usesLibrary: false,
  lines: { resources: [], models: [] },
  resourcePrice: () => null,
  tokenPrice: () => null,
}

export interface ToyExecutor {
  execute: (request?: Partial<ExecutionRequest>) => Promise<ExecutionResult>
  started: StartedRecord[]
  completed: ExecutionRecord[]
  closing: AbortController
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'

/** Wires the executor's parts around `runtime`. */
export function toyExecutor(
  runtime: Runtime,
  options: Partial<AdmissionOptions> = {},
  kept: Partial<Config['content']> = {},
): ToyExecutor {
  const started: StartedRecord[] = []
  const completed: ExecutionRecord[] = []
  const closing = new AbortController()
  const nothing = () => Promise.resolve({ left: 0 })
  const trail: Trail = {
    begin(record) {
      started.push(record)
      const traceparent = `00-${TRACE_ID}-${SPAN_ID}-01`
      return { traceId: TRACE_ID, spanId: SPAN_ID, traceparent, complete: (whole) => completed.push(whole) }
    },
    flush: nothing,
    shutdown: nothing,
    status() {
      throw new Error('the toy trail has no status')
    },
  }
  const admission = new Admission({ concurrency: 4, queueLimit: 100, queueTimeoutMs: 60_000, ...options })
  const content = { ...loadConfig({}).content, ...kept }
  const pricing = createPricing(NO_PRICES)
  const context = {
    blobs: null,
    executorId: 'toy',
    trail,
    admission,
    pricing,
    content,
    clock: createClock(),
  }
  const executions = new Executions()
  closing.signal.addEventListener('abort', () => executions.cancelAll())
  return {
    started,
    completed,
    closing,
    async execute(request = {}) {
      const whole: ExecutionRequest = {
        runtime: 'subprocess',
        language: 'javascript',
        code: 'toy',
        ...request,
      }
      const settled = normalizeRequest(whole, (name) => (name === runtime.name ? runtime : null))
      const execution = beginExecution(settled instanceof Promise ? await settled : settled, context, null)
      executions.add(execution)
      return execution.result
    },
  }
}
