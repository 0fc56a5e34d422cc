/** Where an executor finds budgets: the metadata of its service, of DATABASE_URL, or of the stack that runs in its home. */
import type { Config } from '../config.ts'
import { isExectrailError } from '../errors.ts'
import type { Budget } from '../metadata/budgets.ts'
import type { Database } from '../metadata/database.ts'
import { readEndpoints } from '../stack/endpoints.ts'

/** A stack that starts or ends is noticed so soon. */
const RESOLVED_MS = 900

export interface BudgetSource {
  /** The database with the budgets; null where there is none, so that nothing is bounded. */
  database(): Promise<Database | null>
  /** The budgets of an organization; none where there is no metadata. @throws {MetadataError} when it does not answer */
  budgetsOf(organizationId: string): Promise<readonly Budget[]>
  /** True where it is known that there is no metadata, so that nothing need be waited for. */
  isAbsent(): boolean
  close(): Promise<void>
}

/** The budgets of a service, in its own database, which stays open. */
export function sourceOf(database: Database): BudgetSource {
  return {
    ...readerOf(() => Promise.resolve(database)),
    isAbsent: () => false,
    close: () => Promise.resolve(),
  }
}

/** The budgets of a program with the library, or of a command. */
export async function findSource(config: Pick<Config, 'home' | 'databaseUrl'>): Promise<BudgetSource> {
  const source = new ResolvedSource(config)
  await source.database()
  return source
}

function readerOf(database: () => Promise<Database | null>): Omit<BudgetSource, 'isAbsent' | 'close'> {
  return {
    database,
    async budgetsOf(organizationId) {
      const opened = await database()
      if (opened === null) return []
      const { budgetsOf } = await import('../metadata/budgets.ts')
      return budgetsOf(opened.queries, organizationId)
    },
  }
}

/** Postgres' client is loaded only where there is a Postgres. */
class ResolvedSource implements BudgetSource {
  readonly #config: Pick<Config, 'home' | 'databaseUrl'>
  #opened: { url: string; database: Database } | null = null
  #resolvedAt = -Infinity
  #resolving: Promise<Database | null> | null = null

  constructor(config: Pick<Config, 'home' | 'databaseUrl'>) {
    this.#config = config
  }

  database(): Promise<Database | null> {
    if (performance.now() - this.#resolvedAt < RESOLVED_MS / 2)
      return Promise.resolve(this.#opened?.database ?? null)
    this.#resolving ??= this.#resolve().finally(() => (this.#resolving = null))
    return this.#resolving
  }

  async budgetsOf(organizationId: string): Promise<readonly Budget[]> {
    try {
      return await readerOf(() => this.database()).budgetsOf(organizationId)
    } catch (error) {
      if (this.#isForeign(error)) return []
      throw error
    }
  }

  /** A killed stack leaves its endpoints behind, and DATABASE_URL may be that of a program that knows no exectrail. */
  #isForeign(error: unknown): boolean {
    const isAway = isExectrailError(error) && error.code === 'metadata_unavailable'
    if (isAway) return this.#config.databaseUrl === null
    return error instanceof Error && 'code' in error && NOT_OURS.has(String(error.code))
  }

  isAbsent(): boolean {
    const age = performance.now() - this.#resolvedAt
    if (age > RESOLVED_MS / 2) void this.database().catch(() => undefined)
    return this.#opened === null && age < RESOLVED_MS
  }

  async #resolve(): Promise<Database | null> {
    const url = this.#config.databaseUrl ?? (await readEndpoints(this.#config.home))?.metadata ?? null
    if (url !== this.#opened?.url) {
      await this.#opened?.database.close()
      this.#opened = null
      if (url !== null) {
        const { openDatabase } = await import('../metadata/database.ts')
        this.#opened = { url, database: openDatabase(url) }
      }
    }
    this.#resolvedAt = performance.now()
    return this.#opened?.database ?? null
  }

  async close(): Promise<void> {
    await this.#resolving?.catch(() => null)
    await this.#opened?.database.close()
    this.#opened = null
    this.#resolvedAt = Infinity
  }
}

/** No such table, no such schema, no right to it. */
const NOT_OURS: ReadonlySet<string> = new Set(['42P01', '3F000', '42501'])
