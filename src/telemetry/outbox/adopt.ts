/** Taking over what processes left that are gone. */
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { livenessOf, owner, SILENCE_MS, SilenceWatch } from './owner.ts'
import { claimedName, OWNER_FILE, parsePartName, segmentName } from './paths.ts'
import { listSegments } from './reader.ts'

/** A part of the outbox that this process may deliver and remove. */
export interface Part {
  directory: string
  /** OTLP/JSON Resource of its writer. */
  resource: string
  /** When its writer last gave a sign, epoch ms. */
  lastSignMs: number
}

interface Signs {
  resource: string
  isAlive: boolean
  lastSignMs: number
}

/** What has no owner's name in it after this long never will. */
const NAMELESS_MS = 60_000

export interface AdopterOptions {
  /** `<home>/outbox` */
  root: string
  ownerId: string
  /** OTLP/JSON Resource; what cannot be read of another's is taken from here. */
  resource: string
  /** Called before the first claim: the claimer must be seen to live. */
  appear: () => void
  /** @default SILENCE_MS */
  silenceMs?: number | undefined
}

/**
 * Finds parts whose owner is gone and claims each by one rename: of several processes that try at once
 * exactly one succeeds. A claimed part is its claimer's to deliver, and claimed again when that one is gone.
 */
export class Adopter {
  readonly #options: AdopterOptions
  readonly #watch: SilenceWatch

  constructor(options: AdopterOptions) {
    this.#options = options
    this.#watch = new SilenceWatch(options.silenceMs ?? SILENCE_MS)
  }

  /** Claims what can be claimed now. @throws file system errors */
  async adopt(): Promise<Part[]> {
    const names = await readdir(this.#options.root).catch(() => [])
    this.#watch.keep(new Set(names))
    const adopted: Part[] = []
    for (const name of names) {
      const part = await this.#claim(name)
      if (part !== null) adopted.push(part)
    }
    return adopted
  }

  async #claim(name: string): Promise<Part | null> {
    const { root, ownerId, appear } = this.#options
    const parsed = parsePartName(name)
    if (parsed === null) return null
    const { writer, claimer } = parsed
    if (isOf(writer, ownerId) || claimer === ownerId) return null
    const signs = await this.#readSigns(name)
    if (signs === null || (claimer === null && signs.isAlive)) return null
    if (claimer !== null && claimer !== '' && (await this.#isAlive(claimer))) return null
    appear()
    const directory = join(root, claimedName(writer, ownerId))
    try {
      await rename(join(root, name), directory)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
    return { directory, resource: signs.resource, lastSignMs: signs.lastSignMs }
  }

  /** A claimer has a directory of its own name while it lives. */
  async #isAlive(claimer: string): Promise<boolean> {
    const names = await readdir(this.#options.root).catch(() => [])
    for (const name of names.filter((candidate) => isOf(candidate, claimer)))
      if ((await this.#readSigns(name))?.isAlive === true) return true
    return false
  }

  async #readSigns(name: string): Promise<Signs | null> {
    const path = join(this.#options.root, name, OWNER_FILE)
    const [text, stats] = await Promise.all([
      readFile(path, 'utf8').catch(() => null),
      stat(path).catch(() => null),
    ])
    const parsed = owner.safeParse(parseJson(text ?? ''))
    if (stats === null || !parsed.success) return this.#readNameless(name)
    const lastSignMs = stats.mtimeMs
    const liveness = livenessOf(parsed.data.identity)
    const isGone = liveness === 'unknown' ? this.#watch.isSilent(name, lastSignMs) : liveness === 'dead'
    return { resource: parsed.data.resource, lastSignMs, isAlive: !isGone }
  }

  /**
   * A part that does not say whose it is. Its owner died before it could: it holds nothing, and goes once it is old.
   * Or power failed before that was on the disk: what it holds is taken over once nothing moves in it.
   */
  async #readNameless(name: string): Promise<Signs | null> {
    const { root, resource } = this.#options
    const directory = join(root, name)
    const newest = (await listSegments(directory)).at(-1)
    const path = newest === undefined ? directory : join(directory, segmentName(newest))
    const stats = await stat(path).catch(() => null)
    if (stats === null) return null
    if (newest !== undefined)
      return { resource, lastSignMs: stats.mtimeMs, isAlive: !this.#watch.isSilent(name, stats.mtimeMs) }
    if (stats.isDirectory() && Date.now() - stats.mtimeMs > NAMELESS_MS)
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
