/**
 * Where the names of allowed hosts lead. Each run has a resolver of its own that speaks DNS itself (c-ares): the
 * system's answers in the thread pool of this process, which a few slow names of one run would fill for all.
 */
import { Resolver } from 'node:dns/promises'
import { readFile, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'
import { Semaphore } from './semaphore.ts'

/** Lookups of one run at once, and of all; the next ones wait. */
const LOOKUPS_PER_RUN = 4
const LOOKUPS = 256
const DEADLINE_MS = 5000
/** Addresses of one name that are tried; a name server may send thousands. */
const ADDRESSES = 8
const HOSTS_MAX_BYTES = 16_777_216

const allTurns = new Semaphore(LOOKUPS)

/** Why a name leads nowhere: `forbidden` to no public address, `absent`, or `unanswered` in time. */
export class NameError extends Error {
  readonly why: 'forbidden' | 'absent' | 'unanswered'

  constructor(why: NameError['why'], message: string) {
    super(message)
    this.why = why
  }
}

/** Where to ask; for tests. */
export interface NameSources {
  /** `ADDRESS:PORT` of name servers. @default those of /etc/resolv.conf */
  servers?: readonly string[]
  hostsFile?: string
  /** ms one lookup may take, with its wait. @default 5000 */
  deadlineMs?: number
}

/** The names of one run. `close` ends its lookups. */
export class PublicNames {
  readonly #resolver = new Resolver({ timeout: 1500, tries: 2 })
  readonly #turns = new Semaphore(LOOKUPS_PER_RUN)
  readonly #hostsFile: string
  readonly #deadlineMs: number
  #closed = false

  constructor({ servers, hostsFile = '/etc/hosts', deadlineMs = DEADLINE_MS }: NameSources = {}) {
    if (servers !== undefined) this.#resolver.setServers(servers)
    this.#hostsFile = hostsFile
    this.#deadlineMs = deadlineMs
  }

  /**
   * Public addresses of `name`, IPv4 first: those of the hosts file, else what name servers say now. One list serves
   * the check and the connection.
   * @throws {NameError}
   */
  async find(name: string): Promise<{ address: string; family: 4 | 6 }[]> {
    const known = await readHosts(this.#hostsFile)
    const addresses = known.get(name) ?? (await this.#ask(name))
    const reachable = addresses.filter((address) => isPublicAddress(address)).slice(0, ADDRESSES)
    if (reachable.length === 0)
      throw new NameError('forbidden', `${name} leads to no public address; list the address itself`)
    return reachable.map((address) => ({ address, family: isIP(address) === 6 ? 6 : 4 }))
  }

  close(): void {
    this.#closed = true
    this.#resolver.cancel()
  }

  async #ask(name: string): Promise<string[]> {
    const late = Promise.withResolvers<never>()
    const words = `the name servers did not answer for ${name} within ${this.#deadlineMs} ms`
    const timer = setTimeout(() => late.reject(new NameError('unanswered', words)), this.#deadlineMs)
    try {
      return await Promise.race([late.promise, this.#query(name)])
    } finally {
      clearTimeout(timer)
    }
  }

  async #query(name: string): Promise<string[]> {
    using _own = await this.#turns.take()
    using _all = await allTurns.take()
    if (this.#closed) throw new NameError('unanswered', 'the run is over')
    const answers = await Promise.allSettled([this.#resolver.resolve4(name), this.#resolver.resolve6(name)])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length > 0) return found
    const absent = answers.every((answer) => answer.status === 'rejected' && isAbsent(answer.reason))
    const words = absent
      ? 'is not known to the name servers'
      : 'could not be looked up: no name server answered'
    throw new NameError(absent ? 'absent' : 'unanswered', `${name} ${words}`)
  }
}

function isAbsent(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : ''
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME'
}

const hostsRead = new Map<string, { stamp: string; names: Map<string, string[]> }>()

/** Read again when it changes; empty where there is none, or one of a size no hosts file has. */
async function readHosts(path: string): Promise<Map<string, string[]>> {
  const found = await stat(path).catch(() => null)
  if (found === null || found.size > HOSTS_MAX_BYTES) return new Map()
  const stamp = `${found.ino} ${found.size} ${found.mtimeMs}`
  const last = hostsRead.get(path)
  if (last?.stamp === stamp) return last.names
  const names = parseHosts(await readFile(path, 'utf8').catch(() => ''))
  hostsRead.set(path, { stamp, names })
  return names
}

function parseHosts(text: string): Map<string, string[]> {
  const names = new Map<string, string[]>([['localhost', ['127.0.0.1']]])
  for (const line of text.split('\n')) {
    const [address = '', ...aliases] = line.replace(/#.*/s, '').trim().split(/\s+/)
    if (isIP(address) === 0) continue
    for (const alias of aliases) {
      const name = alias.toLowerCase()
      names.set(name, [...(names.get(name) ?? []), address])
    }
  }
  return names
}
