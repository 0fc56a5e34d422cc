/** For which organization the page acts, and whether its key may decide for the whole of it. */
import { useSession, whyNot } from '../../data/session.ts'
import { useWindow } from '../../search/window.ts'

export interface Owner {
  /** Undefined until the service has said whose key it is. */
  organization: string | undefined
  /** Whether the key sees every organization. */
  isEveryone: boolean
  /** Why the key may not decide for the organization; null: it may, or it is not known yet. */
  refused: string | null
}

/** @param what what needs an administrator, such as `Registering a key` */
export function useOwner(what: string): Owner {
  const session = useSession()
  const { organization: chosen } = useWindow()
  if (session === undefined) return { organization: undefined, isEveryone: false, refused: null }
  const { organizationId, workspaceId } = session.key
  const bound = `${what} needs a key of the whole organization; this one is of the workspace ${workspaceId ?? ''}`
  return {
    organization: organizationId ?? chosen ?? 'default',
    isEveryone: organizationId === null && chosen === undefined,
    refused: whyNot(session, 'admin', what) ?? (workspaceId === null ? null : bound),
  }
}
