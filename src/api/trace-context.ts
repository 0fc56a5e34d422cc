/** The parent of an execution that came over HTTP. */
import { ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api'
import { activeContext, contextOf } from '../telemetry/parent-context.ts'
import type { ApiContext } from './context.ts'

/**
 * The context of the request's own span where HTTP is instrumented and that span is recorded, else of the caller's
 * `traceparent`; without one the execution begins a trace.
 */
export function callerContext(c: ApiContext): Context {
  const active = activeContext()
  if (trace.getSpan(active)?.isRecording() === true) return active
  const traceparent = c.req.header('traceparent')
  return (
    (traceparent === undefined ? null : contextOf(traceparent, c.req.header('tracestate'))) ?? ROOT_CONTEXT
  )
}
