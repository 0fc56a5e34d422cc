/** Where an executor finds code agents: the metadata of its service, of DATABASE_URL, or of the stack that runs in its home. */
import { LRUCache } from 'lru-cache'
import { ExectrailError } from '../errors.ts'
import type { Database } from '../metadata/database.ts'
import type { AgentDefinition } from '../registry/definition.ts'
import { agentChanges } from './changes.ts'
import { requireSignature } from '../registry/signature.ts'
import type { Tenant } from '../store/scope.ts'

/** A version that an execution runs. */
export interface RunnableAgent {
  /** `namespace/name` */
  name: string
  version: string
  definition: AgentDefinition
  /** What whoever runs it has to know. */
  warnings: readonly string[]
}

export interface AgentSource {
  /**
   * The version that a reference stands for, at most a second old; after a change by this process as it is now.
   * @throws {InvalidRequestError} for a text that is no reference
   * @throws {ExectrailError} `not_found`, also where the tenant may not see it; `conflict` for a yanked version;
   *   `forbidden` where signatures are required and it has no valid one; `metadata_unavailable` where there is no registry
   */
  find(reference: string, tenant: Tenant): RunnableAgent | Promise<RunnableAgent>
}

interface SourceOptions {
  /** Null where there is none. */
  database: () => Promise<Database | null>
  signatures: 'required' | 'optional'
}

interface Known {
  agent: RunnableAgent
  /** ms of `performance.now()` */
  readAt: number
  /** `agentChanges()` before it was read. */
  changes: number
}

const KNOWN_MAX = 10_000
const DEFINITIONS_MAX_CHARACTERS = 67_108_864
/** From this age on it is found again beside its use. */
const FRESH_MS = 500
/** From this age on its use waits, so that a yanked version is refused within a second. */
const STALE_MS = 900

/** A source that keeps what it found for a short time: an execution seldom waits for Postgres. */
export function createAgentSource(options: SourceOptions): AgentSource {
  const known = new LRUCache<string, Known>({ max: KNOWN_MAX })
  const reading = new Map<string, Promise<RunnableAgent>>()
  const definitions = new LRUCache<string, AgentDefinition>({ maxSize: DEFINITIONS_MAX_CHARACTERS })

  const read = (key: string, reference: string, tenant: Tenant): Promise<RunnableAgent> => {
    const changes = agentChanges()
    const readKey = `${changes} ${key}`
    const running = reading.get(readKey)
    if (running !== undefined) return running
    const readAt = performance.now()
    const work = findNow(options, definitions, { reference, tenant })
      .then((agent) => {
        known.set(key, { agent, readAt, changes })
        return agent
      })
      .catch((error: unknown) => {
        known.delete(key)
        throw error
      })
      .finally(() => reading.delete(readKey))
    reading.set(readKey, work)
    return work
  }
  return {
    find(reference, tenant) {
      const key = JSON.stringify([tenant.organizationId, tenant.workspaceId ?? null, reference])
      const found = known.get(key)
      const age = found === undefined ? Infinity : performance.now() - found.readAt
      if (found === undefined || age >= STALE_MS || found.changes !== agentChanges())
        return read(key, reference, tenant)
      if (age >= FRESH_MS) void read(key, reference, tenant).catch(() => undefined)
      return found.agent
    },
  }
}

/** Postgres' client is loaded only where there is a Postgres. */
async function findNow(
  { database, signatures }: SourceOptions,
  definitions: LRUCache<string, AgentDefinition>,
  { reference, tenant }: { reference: string; tenant: Tenant },
): Promise<RunnableAgent> {
  const opened = await database()
  if (opened === null) throw noRegistry(reference)
  const { findRunnable } = await import('./find-runnable.ts')
  try {
    const { agent, signed } = await findRunnable(opened.queries, definitions, { reference, tenant })
    if (signatures === 'required') requireSignature(`${agent.name}@${agent.version}`, await signed())
    return agent
  } catch (error) {
    throw isForeign(error) ? noRegistry(reference) : error
  }
}

/** No such table, no such schema, no right to it: DATABASE_URL may be that of a program that knows no exectrail. */
const NOT_OURS: ReadonlySet<string> = new Set(['42P01', '3F000', '42501'])

function isForeign(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_OURS.has(String(error.code))
}

function noRegistry(reference: string): ExectrailError {
  return new ExectrailError(
    'metadata_unavailable',
    `there is no registry here to find ${JSON.stringify(reference.slice(0, 256))} in`,
    {
      hint: 'Start one with `exectrail up` in the same EXECTRAIL_HOME, or set DATABASE_URL to the Postgres of a running one.',
    },
  )
}
