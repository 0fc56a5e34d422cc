/** What this process has registered with `@opentelemetry/api` 1.x, of whatever minor version. */
const API_1 = Symbol.for('opentelemetry.js.api.1')

/** Null where nothing is registered. Members are the globals by their name, such as `context`, and `version`. */
export function registeredApi(): object | null {
  const api: unknown = Reflect.get(globalThis, API_1)
  return typeof api === 'object' && api !== null ? api : null
}
