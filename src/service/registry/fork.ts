/** Copies a version of a code agent into a namespace of the caller. */
import type { Caller } from '../../metadata/audit-log.ts'
import type { Visibility } from '../../metadata/registry-values.ts'
import { readDefinition } from '../../registry/definition.ts'
import { fullName } from './agent-access.ts'
import { publish, type Published, type PublishParts } from './publish.ts'
import { resolve } from '../../agents/resolve.ts'

export interface ForkRequest {
  /** `namespace/name` with `@version`, `@range` or `@tag`, or without. */
  from: string
  /** The new agent's name. */
  name: string
  /** Of the copy. @default that of the origin */
  version?: string | undefined
  /** @default private */
  visibility?: Visibility | undefined
  workspaceId?: string | undefined
}

/**
 * Publishes the copy, with its origin. The copy does not say from which repository it comes: its publisher is another.
 * @throws {ExectrailError} `not_found` for an origin that the caller may not see; as `publish` for the copy
 */
export async function fork(
  parts: PublishParts,
  caller: Caller,
  { from, name, version, visibility, workspaceId }: ForkRequest,
): Promise<Published> {
  const origin = await resolve(parts.database, from, caller.scope)
  const { source: _, ...copied } = origin.definition
  const definition = readDefinition({ ...copied, name, version: version ?? origin.version.version })
  const forkedFrom = {
    agentId: origin.agent.id,
    version: origin.version.version,
    name: fullName(origin.agent),
  }
  return publish(parts, caller, { definition, visibility, workspaceId, forkedFrom })
}
