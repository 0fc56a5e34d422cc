/** Adopts the directories of processes that are gone. */
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { livenessOf } from '../../process-identity.ts'
import { owner, SILENCE_MS, SilenceWatch } from './owner.ts'
import { claimedName, OWNER_FILE, parseDirectoryName, segmentName } from './paths.ts'
import { listSegments } from './reader.ts'

/** A directory of the outbox that this process may deliver and remove. */
export interface OutboxDirectory {
  path: string
  /** OTLP/JSON Resource of its writer. */
  resource: string
  /** Last heartbeat of its writer, epoch ms. */
  lastHeartbeatMs: number
}

type OwnerState = Omit<OutboxDirectory, 'path'> & { isAlive: boolean }

/** An empty directory without an owner file is removed after this time. */
const UNOWNED_MS = 60_000

export interface AdopterOptions {
  /** `<home>/outbox` */
  root: string
  ownerId: string
  /** OTLP/JSON Resource, used for a directory whose own cannot be read. */
  resource: string
  /** Called before the first claim: other processes must see that the claimer is alive. */
  announce: () => void
  /** @default SILENCE_MS */
  silenceMs?: number | undefined
}

/**
 * Finds directories whose owner is gone and claims each by one rename: of several processes that try at once
 * exactly one succeeds. A claimed directory can be claimed again once its claimer is gone.
 */
export class Adopter {
  readonly #options: AdopterOptions
  readonly #watch: SilenceWatch

  constructor(options: AdopterOptions) {
    this.#options = options
    this.#watch = new SilenceWatch(options.silenceMs ?? SILENCE_MS)
  }

  /** Claims every directory that can be claimed now. @throws file system errors */
  async adopt(): Promise<OutboxDirectory[]> {
    const names = await readdir(this.#options.root).catch(() => [])
    this.#watch.keep(new Set(names))
    const adopted: OutboxDirectory[] = []
    for (const name of names) {
      const directory = await this.#claim(name)
      if (directory !== null) adopted.push(directory)
    }
    return adopted
  }

  async #claim(name: string): Promise<OutboxDirectory | null> {
    const { root, ownerId, announce } = this.#options
    const parsed = parseDirectoryName(name)
    if (parsed === null) return null
    const { writer, claimer } = parsed
    if (isOf(writer, ownerId) || claimer === ownerId) return null
    const state = await this.#readOwner(name)
    if (state === null || (claimer === null && state.isAlive)) return null
    if (claimer !== null && claimer !== '' && (await this.#isAlive(claimer))) return null
    announce()
    const path = join(root, claimedName(writer, ownerId))
    try {
      await rename(join(root, name), path)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
    return { path, resource: state.resource, lastHeartbeatMs: state.lastHeartbeatMs }
  }

  /** A claimer has a directory of its own name while it is alive. */
  async #isAlive(claimer: string): Promise<boolean> {
    const names = await readdir(this.#options.root).catch(() => [])
    for (const name of names.filter((candidate) => isOf(candidate, claimer)))
      if ((await this.#readOwner(name))?.isAlive === true) return true
    return false
  }

  async #readOwner(name: string): Promise<OwnerState | null> {
    const path = join(this.#options.root, name, OWNER_FILE)
    const [text, stats] = await Promise.all([
      readFile(path, 'utf8').catch(() => null),
      stat(path).catch(() => null),
    ])
    const parsed = owner.safeParse(parseJson(text ?? ''))
    if (stats === null || !parsed.success) return this.#readUnowned(name)
    const lastHeartbeatMs = stats.mtimeMs
    const liveness = livenessOf(parsed.data.identity)
    const isGone = liveness === 'unknown' ? this.#watch.isSilent(name, lastHeartbeatMs) : liveness === 'dead'
    return { resource: parsed.data.resource, lastHeartbeatMs, isAlive: !isGone }
  }

  /**
   * A directory without a readable owner file. Either its owner died before writing one: it holds nothing and is
   * removed once it is old. Or power failed before the file was on the disk: it is adopted once nothing in it changes.
   */
  async #readUnowned(name: string): Promise<OwnerState | null> {
    const { root, resource } = this.#options
    const directory = join(root, name)
    const newest = (await listSegments(directory)).at(-1)
    const path = newest === undefined ? directory : join(directory, segmentName(newest))
    const stats = await stat(path).catch(() => null)
    if (stats === null) return null
    const { mtimeMs } = stats
    if (newest !== undefined)
      return { resource, lastHeartbeatMs: mtimeMs, isAlive: !this.#watch.isSilent(name, mtimeMs) }
    if (stats.isDirectory() && Date.now() - mtimeMs > UNOWNED_MS)
      await rm(directory, { recursive: true, force: true })
    return null
  }
}

/** True for `id` and its later generations, `id.2` and on. */
function isOf(name: string, id: string): boolean {
  return name === id || (name.startsWith(`${id}.`) && !name.includes('@'))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
