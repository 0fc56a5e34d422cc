/** What an API key permits. */

/**
 * `execute` runs and cancels code, `read` asks about executions, `write` changes states, `admin` permits everything and
 * manages keys.
 */
export const KEY_SCOPES = ['execute', 'read', 'write', 'admin'] as const
export type KeyScope = (typeof KEY_SCOPES)[number]

/** The scopes of a key that is made without any. */
export const USUAL_SCOPES = ['execute', 'read', 'write'] as const satisfies readonly KeyScope[]

/** Whether a key with these scopes permits what `needed` covers. */
export function permits(scopes: readonly KeyScope[], needed: KeyScope): boolean {
  return scopes.includes(needed) || scopes.includes('admin')
}
