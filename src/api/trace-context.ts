/** The caller's trace, carried from its headers to the span of the execution. */
import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { ApiContext } from './environment.ts'

const propagator = new W3CTraceContextPropagator()

/** Runs `work` with the caller's `traceparent` as the active context; without one, under a trace of its own. */
export function withCallersTrace<T>(c: ApiContext, work: () => T): T {
  return context.with(callerContext(c), work)
}

/** Makes contexts last over `await` in this process. Once per process; a host that has done it already keeps its own. */
export function enableTraceContext(): void {
  const manager = new AsyncLocalStorageContextManager().enable()
  if (!context.setGlobalContextManager(manager)) manager.disable()
}

function callerContext(c: ApiContext): Context {
  const headers = { traceparent: c.req.header('traceparent'), tracestate: c.req.header('tracestate') }
  return propagator.extract(ROOT_CONTEXT, headers, {
    get: (carrier, name) => (name === 'traceparent' || name === 'tracestate' ? carrier[name] : undefined),
    keys: (carrier) => Object.keys(carrier),
  })
}
