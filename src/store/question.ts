/**
 * The question that a statement is a part of: it has limits, and ends when the client goes. Kept in the async context, so
 * that no query can leave it out.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

const questions = new AsyncLocalStorage<() => AbortSignal>()

/** Runs `work`; every statement in it is a part of the question. `signal` is asked for with the first one. */
export function askingQuestion<T>(signal: () => AbortSignal, work: () => T): T {
  return questions.run(signal, work)
}

/** The signal of the question under way; null for a statement of the service itself. */
export function questionSignal(): AbortSignal | null {
  return questions.getStore()?.() ?? null
}
