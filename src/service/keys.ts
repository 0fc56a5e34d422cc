/** API keys: what a request may see and do. */
import { hash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { isExectrailError } from '../errors.ts'
import { findKey, touchKey, USE_INTERVAL_SECONDS, type StoredKey } from '../metadata/api-keys.ts'
import type { Database } from '../metadata/database.ts'
import type { KeyScope } from '../metadata/key-scopes.ts'
import type { Scope } from '../store/scope.ts'

/** An API key without its secret. */
export interface ApiKey {
  id: string
  name: string
  /** 'all' for an administrator's key, else the tenant it is bound to. */
  scope: Scope
  /** What it permits. */
  scopes: readonly KeyScope[]
}

/** Looks API keys up. */
export interface KeyStore {
  /** The key this secret belongs to; null for an unknown, expired or revoked one. */
  find(secret: string): Promise<ApiKey | null>
}

/** Keys in Postgres, kept in memory so that a request does not wait for it. */
export interface CachedKeys extends KeyStore {
  /** Looks every key up again at its next use. Call it after a change of keys. */
  forget(): void
  /** Waits until noted uses are written. */
  close(): Promise<void>
}

interface Cached {
  key: StoredKey | null
  /** When it was looked up, ms of `performance.now()`. */
  readAt: number
}

const CACHED_MAX = 10_000
/** From this age a key is looked up again beside its use. */
const FRESH_MS = 500
/** From this age its use waits for the look-up, so a revocation in another process takes effect within a second. */
const STALE_MS = 900
/** While Postgres does not answer, a key that was valid so recently stays valid. */
const OUTAGE_MS = 60_000

/** The hash of a secret. Secrets are random, so a plain one is enough. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

/** A new secret: 192 random bits. */
export function makeSecret(): string {
  return `xt_${randomBytes(24).toString('base64url')}`
}

/** The keys of a database. A failing write of a use goes to `log`. */
export function cachedKeys({ queries }: Database, log: (line: string) => void): CachedKeys {
  const cache = new KeyCache((digest) => findKey(queries, Buffer.from(digest, 'hex')))
  const uses = new UseNotes((id) => touchKey(queries, id), log)
  return {
    async find(secret) {
      const key = await cache.find(hash('sha256', secret))
      if (key === null || !isValid(key)) return null
      uses.note(key)
      return toApiKey(key)
    },
    forget: () => cache.forget(),
    close: () => uses.close(),
  }
}

class KeyCache {
  readonly #read: (digest: string) => Promise<StoredKey | null>
  readonly #known = new LRUCache<string, Cached>({ max: CACHED_MAX })
  readonly #reading = new Map<string, Promise<Cached>>()
  /** A look-up that began before `forget()` is not kept. */
  #generation = 0

  constructor(read: (digest: string) => Promise<StoredKey | null>) {
    this.#read = read
  }

  /** The key, at most a second old. */
  async find(digest: string): Promise<StoredKey | null> {
    const cached = this.#known.get(digest)
    const age = cached === undefined ? Infinity : performance.now() - cached.readAt
    if (cached === undefined || age >= STALE_MS) {
      const found = await this.#readOnce(digest).catch((error: unknown) => {
        const lasting = cached !== undefined && cached.key !== null && age < OUTAGE_MS
        if (lasting && isExectrailError(error) && error.code === 'metadata_unavailable') return cached
        throw error
      })
      return found.key
    }
    // A failure shows at the look-up that a use waits for.
    if (age >= FRESH_MS) void this.#readOnce(digest).catch(() => undefined)
    return cached.key
  }

  forget(): void {
    this.#generation += 1
    this.#known.clear()
    this.#reading.clear()
  }

  #readOnce(digest: string): Promise<Cached> {
    const running = this.#reading.get(digest)
    if (running !== undefined) return running
    const work = this.#readNow(digest).finally(() => {
      if (this.#reading.get(digest) === work) this.#reading.delete(digest)
    })
    this.#reading.set(digest, work)
    return work
  }

  async #readNow(digest: string): Promise<Cached> {
    const generation = this.#generation
    const readAt = performance.now()
    const entry = { key: await this.#read(digest), readAt }
    if (generation === this.#generation) this.#known.set(digest, entry)
    return entry
  }
}

/** Writes when keys are used, at most once a minute each, beside the requests. */
class UseNotes {
  readonly #write: (id: string) => Promise<void>
  readonly #log: (line: string) => void
  readonly #noted = new LRUCache<string, number>({ max: CACHED_MAX })
  readonly #writing = new Set<Promise<void>>()

  constructor(write: (id: string) => Promise<void>, log: (line: string) => void) {
    this.#write = write
    this.#log = log
  }

  note({ id, lastUsedAt }: StoredKey): void {
    const now = Date.now()
    const before = this.#noted.get(id) ?? (lastUsedAt === null ? 0 : Date.parse(lastUsedAt))
    if (now - before < USE_INTERVAL_SECONDS * 1000) return
    this.#noted.set(id, now)
    const work = this.#write(id)
      .catch((error: unknown) => this.#log(`the use of key ${id} could not be noted: ${String(error)}`))
      .finally(() => this.#writing.delete(work))
    this.#writing.add(work)
  }

  async close(): Promise<void> {
    await Promise.all(this.#writing)
  }
}

function isValid({ revokedAt, expiresAt }: StoredKey): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > Date.now())
}

function toApiKey({ id, name, organizationId, workspaceId, scopes }: StoredKey): ApiKey {
  if (organizationId === null) return { id, name, scopes, scope: 'all' }
  const scope = workspaceId === null ? { organizationId } : { organizationId, workspaceId }
  return { id, name, scopes, scope }
}
