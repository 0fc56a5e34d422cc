/** Finds the span that an execution belongs to, also where the host program has another version of the OpenTelemetry API. */
import { context, createTraceState, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api'
import { isTracingSuppressed, parseTraceParent, unsuppressTracing } from '@opentelemetry/core'
import { registeredApi } from './registered-api.ts'

const OTHER_MAJORS = ['0', '2', '3'].map((major) => Symbol.for(`opentelemetry.js.api.${major}`))

/**
 * The caller's active context. `context.active()` refuses a global that an older minor version registered, so that one
 * is read from where it lies; the key of the active span is the same in all of them.
 */
export function activeContext(): Context {
  const active = ownContext()
  const found = active === ROOT_CONTEXT ? (foreignContext() ?? active) : active
  // A caller that suppresses its own spans still gets that of its execution.
  return isTracingSuppressed(found) ? unsuppressTracing(found) : found
}

/** The context manager is the host program's: one that fails must not fail an execution. */
function ownContext(): Context {
  try {
    const active = context.active()
    return isContext(active) ? active : ROOT_CONTEXT
  } catch {
    return ROOT_CONTEXT
  }
}

function foreignContext(): Context | null {
  const api = registeredApi()
  if (api === null) {
    if (OTHER_MAJORS.some((key) => Reflect.has(globalThis, key))) warnUnreadable('of another major version')
    return null
  }
  const manager: unknown = Reflect.get(api, 'context')
  if (manager === undefined) return null
  try {
    const found: unknown =
      isObject(manager) && 'active' in manager && typeof manager.active === 'function' && manager.active()
    if (isContext(found)) return found
  } catch {
    // Warned about below.
  }
  warnUnreadable(String(Reflect.get(api, 'version')))
  return null
}

/** True for a context of any version of the API. */
export function isContext(value: unknown): value is Context {
  return (
    isObject(value) &&
    ['getValue', 'setValue', 'deleteValue'].every((name) => typeof Reflect.get(value, name) === 'function')
  )
}

/** The context that W3C headers carry; null when `traceparent` is malformed. Malformed members of `tracestate` are left out. */
export function contextOf(traceparent: string, tracestate?: string): Context | null {
  const parsed = parseTraceParent(traceparent)
  if (parsed === null) return null
  const traceState = tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }
  return trace.setSpanContext(ROOT_CONTEXT, { ...parsed, ...traceState, isRemote: true })
}

let hasWarned = false

function warnUnreadable(version: string): void {
  if (hasWarned) return
  hasWarned = true
  process.emitWarning(
    `exectrail cannot read the active span of this program's @opentelemetry/api ${version}, so executions begin traces of their own`,
    {
      type: 'ExectrailWarning',
      code: 'EXECTRAIL_NO_PARENT',
      detail:
        'Give execute() `parent` (a context) or `traceparent`, or install one version: `npm ls @opentelemetry/api` shows them.',
    },
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
