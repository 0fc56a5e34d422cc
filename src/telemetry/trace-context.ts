import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'

/**
 * Keeps the active span across `await`, so that a caller's span is the parent of the execution's. It stays enabled for
 * the life of the process; a context manager that the host has set is kept.
 */
export function enableTraceContext(): void {
  const manager = new AsyncLocalStorageContextManager().enable()
  if (!context.setGlobalContextManager(manager)) manager.disable()
}
