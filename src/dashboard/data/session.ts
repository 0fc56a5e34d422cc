/** Who asks: the key of this browser, what it permits, and what the service has. */
import type { ApiKeyView, Session } from '../../client/index.ts'
import { useDirectQuestion } from './queries.ts'

/** Undefined until the service has answered, which is before the reader can act. */
export function useSession(): Session | undefined {
  return useDirectQuestion('getSession', {}).data
}

/** Whether the key administers the installation: it decides reviews and reports. */
export function decidesForAll(session: Session | undefined): boolean {
  return session?.key.organizationId === null && session.key.scopes.includes('admin')
}

/** Whether the key may do what a scope permits; false until the service has said so. */
export function useMay(needed: ApiKeyView['scopes'][number]): boolean {
  const session = useSession()
  return session !== undefined && whyNot(session, needed, 'This') === null
}

/** Why the key may not do what a scope permits; null: it may, or it is not known yet. */
export function whyNot(
  session: Session | undefined,
  needed: ApiKeyView['scopes'][number],
  what: string,
): string | null {
  if (session === undefined) return null
  if (!session.metadata)
    return `${what} needs metadata: start the service with \`exectrail up\`, or set DATABASE_URL`
  const { name, scopes } = session.key
  if (scopes.includes(needed) || scopes.includes('admin')) return null
  return `${what} needs a key with the scope ${needed}; the key ${JSON.stringify(name)} has: ${scopes.join(', ')}`
}
