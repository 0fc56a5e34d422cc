/** Reads the parent span that a caller names for an execution. */
import type { Context } from '@opentelemetry/api'
import type { Issue } from '../errors.ts'
import type { ParentSpan } from '../execution.ts'
import { contextOf, isContext } from '../telemetry/parent-context.ts'

/** W3C: a `traceparent` has 55 characters; those of later versions may have more. */
const TRACEPARENT_MAX = 512
const TRACESTATE_MAX = 8192

/** Reads the parent; undefined when the caller names none. What is wrong with it is added to `issues`. */
export function readParent(
  { parent, traceparent, tracestate }: ParentSpan,
  issues: Issue[],
): Context | undefined {
  const say = (path: string, message: string): undefined => void issues.push({ path, message })
  if (parent !== undefined) {
    if (traceparent !== undefined) return say('parent', 'give `parent` or `traceparent`, not both')
    return isContext(parent) ? parent : say('parent', 'an OpenTelemetry Context, such as `context.active()`')
  }
  if (tracestate !== undefined && !isText(tracestate, TRACESTATE_MAX))
    return say('tracestate', `a string of at most ${TRACESTATE_MAX} characters`)
  if (traceparent === undefined) return undefined
  const read = isText(traceparent, TRACEPARENT_MAX) ? contextOf(traceparent, tracestate) : null
  return (
    read ??
    say('traceparent', 'a W3C traceparent such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
  )
}

function isText(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.length <= max
}
