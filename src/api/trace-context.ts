/** Passes the trace context of a request on to the execution's span. */
import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { ApiContext } from './context.ts'

const propagator = new W3CTraceContextPropagator()

/** Runs `work` with the caller's `traceparent` as the active context; without one, in a new trace. */
export function withCallerTrace<T>(c: ApiContext, work: () => T): T {
  return context.with(callerContext(c), work)
}

function callerContext(c: ApiContext): Context {
  const headers = { traceparent: c.req.header('traceparent'), tracestate: c.req.header('tracestate') }
  return propagator.extract(ROOT_CONTEXT, headers, {
    get: (carrier, name) => (name === 'traceparent' || name === 'tracestate' ? carrier[name] : undefined),
    keys: (carrier) => Object.keys(carrier),
  })
}
