/** Masks secrets in records before they leave the process; the caller's own result keeps them. */
import { setImmediate } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { CONTENT, fieldOf, type ExecutionRecord, type StartedRecord } from '../record/record.ts'
import { cutHead, cutMiddle } from '../telemetry/safe-values.ts'
import { LiteralMatcher, type TextRange } from './literal-matcher.ts'
import { findSecretTokens } from './secret-tokens.ts'

/** Which content is recorded, and in which fields secrets are masked. Sizes and hashes are always recorded. */
export type ContentPolicy = Config['content']

type Field = (typeof CONTENT)[number]

export const MASK = '[masked]'
/** Shorter values of the environment are not treated as secrets. */
const SECRET_MIN_LENGTH = 6
/** More than is ever recorded, so that a secret is masked before the text is cut. */
const SCAN_MAX_BYTES = 262_144

/** Marks where output was cut in the middle; see `OutputCapture` and `cutMiddle`. */
const CUT = /\n… \d+ bytes left out …\n/gu
/** A text is cut at most twice, but a program can print many such marks. */
const CUTS_MAX = 8
/** A shorter part of a secret reveals nothing. */
const PART_MIN_LENGTH = 4
const PART_MAX_LENGTH = 4096

/**
 * Returns a function that masks secrets in a text: the values of `env`, the parts of them next to a cut, and well-known
 * tokens. It takes linear time for any text and values.
 */
export function createRedactor(env: Readonly<Record<string, string>> | undefined): (text: string) => string {
  const secrets = secretsOf(env)
  if (secrets.length === 0) return (text) => maskRanges(text, merge(findSecretTokens(text)))
  const literals = new LiteralMatcher(secrets)
  let backwards: LiteralMatcher | null = null
  return (text) => {
    const parts: TextRange[] = []
    const cuts = findCuts(text)
    if (cuts.length > 0) {
      backwards ??= new LiteralMatcher(secrets.map((secret) => reversed(secret)))
      parts.push(...findParts(text, cuts, { literals, backwards }))
    }
    return maskRanges(text, findSecrets(text, literals, parts))
  }
}

/** The values of `env` that are masked, in each form in which they are printed. */
export function secretsOf(env: Readonly<Record<string, string>> | undefined): string[] {
  const values = Object.values(env ?? {}).filter((value) => value.length >= SECRET_MIN_LENGTH)
  // JSON text holds values escaped.
  return [...new Set(values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]))]
}

/** Where secrets are in a text, in order and apart: literals, `more`, and well-known tokens. */
export function findSecrets(
  text: string,
  literals: LiteralMatcher,
  more: readonly TextRange[] = [],
): TextRange[] {
  const merged = merge([...literals.find(text), ...findSecretTokens(text), ...more])
  return merge([...merged, ...findTokensBetween(text, merged)])
}

/** In order, and those that overlap as one. */
function merge(ranges: readonly TextRange[]): TextRange[] {
  const merged: [from: number, to: number][] = []
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = merged.at(-1)
    if (last !== undefined && from < last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export function maskRanges(text: string, ranges: readonly TextRange[]): string {
  let masked = ''
  let done = 0
  for (const [from, to] of ranges) {
    masked += text.slice(done, from) + MASK
    done = to
  }
  return masked + text.slice(done)
}

/** Tokens next to what is masked, whose first or last characters were not those of a word before. */
function findTokensBetween(text: string, masked: readonly TextRange[]): TextRange[] {
  if (masked.length === 0) return []
  const ends = [...masked.map(([from]) => from), text.length]
  return ends.flatMap((end, index) => {
    const start = masked[index - 1]?.[1] ?? 0
    return findSecretTokens(text.slice(start, end)).map(([from, to]): TextRange => [start + from, start + to])
  })
}

/** The first and the last cuts; any in between were printed by the program. */
function findCuts(text: string): TextRange[] {
  const cuts = [...text.matchAll(CUT)].map((cut): TextRange => [cut.index, cut.index + cut[0].length])
  return cuts.filter((_, index) => index < CUTS_MAX / 2 || index >= cuts.length - CUTS_MAX / 2)
}

/** The parts of secrets next to cuts: a prefix before the cut, a suffix after it. */
function findParts(
  text: string,
  cuts: readonly TextRange[],
  { literals, backwards }: { literals: LiteralMatcher; backwards: LiteralMatcher },
): TextRange[] {
  return cuts.flatMap(([from, to]) => {
    const before = literals.overlap(text.slice(Math.max(0, from - PART_MAX_LENGTH), from))
    const after = backwards.overlap(reversed(text.slice(to, to + PART_MAX_LENGTH)))
    const parts: TextRange[] = [
      [from - before, from],
      [to, to + after],
    ]
    return parts.filter(([start, end]) => end - start >= PART_MIN_LENGTH)
  })
}

function reversed(text: string): string {
  return text.split('').toReversed().join('')
}

/** Text that is masked at once; further text waits for the next turn of the event loop. */
const TURN_LENGTH = 131_072

/**
 * The record without disabled content and with secrets masked. Returns a promise when there is so much text that the event
 * loop must run in between.
 */
export function applyContentPolicy<Record extends StartedRecord | ExecutionRecord>(
  record: Record,
  policy: ContentPolicy,
  redact: (text: string) => string,
): Record | Promise<Record> {
  const kept = { ...record }
  const long: Field[] = []
  let masked = 0
  for (const field of CONTENT) {
    const value: unknown = Reflect.get(kept, field)
    if (typeof value !== 'string') continue
    if (!isKept(field, policy)) Reflect.set(kept, field, fieldOf(field).nullable ? null : '')
    else if (policy.mask.includes(field)) {
      masked += value.length
      if (masked > TURN_LENGTH) long.push(field)
      else Reflect.set(kept, field, redact(value.toWellFormed()))
    }
  }
  if (long.length === 0) return cutContent(kept, policy)
  return maskInTurns(kept, long, redact).then((whole) => cutContent(whole, policy))
}

/** Cuts content to the length that the environment allows; ids, names and times stay whole. */
function cutContent<Record extends StartedRecord | ExecutionRecord>(
  record: Record,
  { maxLength }: ContentPolicy,
): Record {
  if (maxLength === undefined || maxLength === null) return record
  for (const field of CONTENT) {
    const value: unknown = Reflect.get(record, field)
    if (typeof value === 'string') Reflect.set(record, field, value.slice(0, maxLength).toWellFormed())
  }
  return record
}

async function maskInTurns<Record extends StartedRecord | ExecutionRecord>(
  record: Record,
  fields: readonly Field[],
  redact: (text: string) => string,
): Promise<Record> {
  for (const field of fields) {
    await setImmediate()
    Reflect.set(record, field, redact(shorten(field, String(Reflect.get(record, field)))))
  }
  return record
}

function isKept(field: Field, { keep }: ContentPolicy): boolean {
  return fieldOf(field).content === 'always' || keep.some((name) => name === field)
}

function shorten(field: Field, text: string): string {
  return fieldOf(field).keeps === 'ends' ? cutMiddle(text, SCAN_MAX_BYTES) : cutHead(text, SCAN_MAX_BYTES)
}
