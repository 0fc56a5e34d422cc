/** The outbox's dead letters: records that a receiver rejected permanently, with its reason. */
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** One rejected record. Ids are null when the record cannot be parsed. */
export interface DeadLetter {
  executionId: string | null
  organizationId: string | null
  /** `code_exec.started` or `code_exec.completed`; null for a span. */
  event: string | null
  /** When it was rejected, ISO 8601 UTC. */
  at: string
  reason: string
}

const FILE = /^(?<day>\d{4}-\d{2}-\d{2})\.ndjson$/u
const REASON_MAX = 500

export interface DeadLetterQuery {
  /** Null reads those of every organization, and those whose organization is unknown. */
  organizationId: string | null
  /** Letters rejected since then, ISO 8601 UTC. */
  since: string
  /** Maximum of letters returned; `count` counts all. */
  limit: number
}

/** Reads `<home>/outbox/dead/*.ndjson`, oldest first. Returns none when the directory does not exist. */
export async function readDeadLetters(
  home: string,
  { organizationId, since, limit }: DeadLetterQuery,
): Promise<{ count: number; letters: DeadLetter[] }> {
  const directory = join(home, 'outbox', 'dead')
  const files = (await readdir(directory).catch(absentAsNone)).filter((name) => isSince(name, since))
  const letters: DeadLetter[] = []
  let count = 0
  for (const file of files.toSorted()) {
    const lines = createInterface({ input: createReadStream(join(directory, file)), crlfDelay: Infinity })
    for await (const line of lines) {
      const letter = line === '' ? null : readLetter(line)
      if (letter === null || !matches(letter, organizationId, since)) continue
      count += 1
      if (letters.length < limit) letters.push(letter)
    }
  }
  return { count, letters }
}

function isSince(name: string, since: string): boolean {
  const day = FILE.exec(name)?.groups?.['day']
  return day !== undefined && day >= since.slice(0, 10)
}

function matches(letter: DeadLetter, organizationId: string | null, since: string): boolean {
  if (Date.parse(letter.at) < Date.parse(since)) return false
  return organizationId === null || letter.organizationId === organizationId
}

interface Line {
  at?: unknown
  reason?: unknown
  json?: unknown
}

/** Null for an incomplete line, such as the last one of a writer that was killed. */
function readLetter(line: string): DeadLetter | null {
  const { at, reason, json }: Line = parse(line) ?? {}
  if (typeof at !== 'string') return null
  const { attributes, eventName } = parse(String(json)) ?? {}
  return {
    executionId: findAttribute(attributes, 'code_exec.execution.id'),
    organizationId: findAttribute(attributes, 'code_exec.organization.id'),
    event: typeof eventName === 'string' ? eventName : null,
    at,
    reason: String(reason).slice(0, REASON_MAX),
  }
}

function findAttribute(attributes: unknown, key: string): string | null {
  if (!Array.isArray(attributes)) return null
  const found = attributes.find((attribute: { key?: unknown } | null) => attribute?.key === key)
  const text: unknown = found?.value?.stringValue
  return typeof text === 'string' ? text : null
}

function parse(text: string): ReturnType<typeof JSON.parse> {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function absentAsNone(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
