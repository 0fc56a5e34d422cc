/** The outbox's dead letters: what no receiver would take, with the receiver's words. */
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Scope, Window } from '../store/scope.ts'

/** One refused record. Ids are null where the record itself is beyond reading. */
export interface DeadLetter {
  executionId: string | null
  organizationId: string | null
  /** `code_exec.started` or `code_exec.completed`; null for a span. */
  event: string | null
  /** When it was given up, ISO 8601 UTC. */
  at: string
  reason: string
}

const FILE = /^(?<day>\d{4}-\d{2}-\d{2})\.ndjson$/u
const REASON_MAX = 500

interface Options {
  scope: Scope
  /** Letters given up from its begin on; a record may die long after its start. */
  window: Pick<Window, 'from'>
  /** Letters kept, at most; `count` is whole. */
  limit: number
}

/** Reads `<home>/outbox/dead/*.ndjson`, oldest first, a line at a time. None where there is no such folder. */
export async function readDeadLetters(
  home: string,
  { scope, window, limit }: Options,
): Promise<{ count: number; letters: DeadLetter[] }> {
  const folder = join(home, 'outbox', 'dead')
  const files = (await readdir(folder).catch(absentAsNone)).filter((name) => isWanted(name, window.from))
  const letters: DeadLetter[] = []
  let count = 0
  for (const file of files.toSorted()) {
    const lines = createInterface({ input: createReadStream(join(folder, file)), crlfDelay: Infinity })
    for await (const line of lines) {
      const letter = line === '' ? null : readLetter(line)
      if (letter === null || !isMeant(letter, scope, window.from)) continue
      count += 1
      if (letters.length < limit) letters.push(letter)
    }
  }
  return { count, letters }
}

function isWanted(name: string, from: string): boolean {
  const day = FILE.exec(name)?.groups?.['day']
  return day !== undefined && day >= from.slice(0, 10)
}

/** What names no organization is an administrator's to see. */
function isMeant({ organizationId, at }: DeadLetter, scope: Scope, from: string): boolean {
  if (Date.parse(at) < Date.parse(from)) return false
  return scope === 'all' || organizationId === scope.organizationId
}

interface Line {
  at?: unknown
  reason?: unknown
  json?: unknown
}

/** Null for a line that was never whole: the last one of a writer that was killed. */
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
