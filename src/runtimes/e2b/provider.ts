/** What a runtime of E2B holds on to: SDK, key, owner lock and the sandboxes; made at the first need, once. */
import { RuntimeUnavailableError } from '../../errors.ts'
import type { Language } from '../../execution.ts'
import { OwnerLock } from './owner-lock.ts'
import { readFault } from './faults.ts'
import { SandboxPool } from './sandbox-pool.ts'
import { EXECUTOR_KEY, Sandboxes } from './sandboxes.ts'
import { GET_KEY, loadSdk, type Connection, type Sdk } from './sdk.ts'

/** Options of the runtime. */
export interface E2bOptions {
  /** Null: no key, so nothing runs. */
  apiKey: string | null
  /** Directory of this installation's data; the owner locks lie in `e2b` under it. */
  home: string
  /** Called with one line for each thing that went wrong behind a run. */
  report: (line: string) => void
  /** Template by name or id, for all languages or for each. @default the provider's `base` */
  template?: string | Partial<Record<Language, string>>
  /** Sandboxes kept ready for each template in use, once it is in use. They cost money while they wait. @default 0 */
  warm?: number
  /** `workflow-execution`: runs of one workflow execution follow each other in one sandbox. @default never */
  reuse?: 'never' | 'workflow-execution'
  /** ms a warm or kept sandbox may wait unused. @default 300000 */
  idleMs?: number
  connection?: Connection
  /** How the SDK is loaded. */
  load?: () => Promise<Sdk>
}

/** The parts, once there. */
export interface Parts {
  sdk: Sdk
  connection: Connection & { apiKey: string }
  sandboxes: Sandboxes
  pool: SandboxPool
}

const IDLE_MS = 300_000

export class Provider {
  readonly #options: E2bOptions
  readonly #owner: OwnerLock
  #parts: Promise<Parts> | null = null
  #adoption: Promise<number | null> | null = null
  #closed: Promise<void> | null = null

  constructor(options: E2bOptions) {
    this.#options = options
    this.#owner = new OwnerLock(options.home)
  }

  /**
   * The parts; the first call also looks, behind the caller, for sandboxes of executors that are gone.
   * @throws {RuntimeUnavailableError} without a key or an SDK
   */
  async open(): Promise<Parts> {
    this.#parts ??= this.#make()
    const parts = await this.#parts
    if (this.#closed === null) void this.adopt(parts)
    return parts
  }

  /** Ends what executors left that are gone, once; the number of sandboxes, null when E2B could not be asked. */
  adopt({ sdk, sandboxes }: Parts): Promise<number | null> {
    const sweep = (executor: string): Promise<number> => sandboxes.sweep({ [EXECUTOR_KEY]: executor })
    this.#adoption ??= sandboxes.track(
      this.#owner.adopt(sweep).catch((error: unknown) => {
        this.#adoption = null
        this.#options.report(
          `E2B sandboxes of executors that are gone could not be looked for: ${readFault(sdk, error, 'run').message}`,
        )
        return null
      }),
    )
    return this.#adoption
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown()
    return this.#closed
  }

  async #shutDown(): Promise<void> {
    const parts = await this.#parts?.catch(() => null)
    if (parts === null || parts === undefined) return
    await parts.pool.close()
    await parts.sandboxes.close()
  }

  async #make(): Promise<Parts> {
    const { apiKey, connection, report, template, load } = this.#options
    if (apiKey === null) throw new RuntimeUnavailableError('no E2B API key is set', { hint: GET_KEY })
    const sdk = await loadSdk(load)
    const whole = { ...connection, apiKey }
    const sandboxes = new Sandboxes(sdk, whole, this.#owner, report)
    const pool = new SandboxPool(
      sandboxes,
      {
        template: ({ language }) => (typeof template === 'string' ? template : template?.[language]) ?? null,
        warm: this.#options.warm ?? 0,
        reuse: this.#options.reuse ?? 'never',
        idleMs: this.#options.idleMs ?? IDLE_MS,
      },
      report,
    )
    return { sdk, connection: whole, sandboxes, pool }
  }
}
