/** Secrets masked in what is recorded, before it leaves the process; the caller's own result keeps them. */
import { setImmediate } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { CONTENT, fieldOf, type ExecutionRecord, type StartedRecord } from '../record/record.ts'
import { cutHead, cutMiddle } from '../telemetry/safe-values.ts'
import { LiteralMatcher, type Span } from './literal-matcher.ts'
import { findSecretTokens } from './secret-tokens.ts'

/** What is kept of an execution's content, and in which fields secrets are masked. Sizes and hashes always stay. */
export type ContentPolicy = Config['content']

type Field = (typeof CONTENT)[number]

const MASK = '[masked]'
/** Shorter values of the environment are words, not secrets. */
const SECRET_MIN_LENGTH = 6
/** More than is ever recorded, so that no secret is cut in half before it is masked. */
const SCAN_MAX_BYTES = 262_144

/** Where output was cut in the middle; see `OutputCapture` and `cutMiddle`. */
const CUT = /\n… \d+ bytes left out …\n/gu
/** A text is cut twice at most; a program may print what looks like many more. */
const CUTS_MAX = 8
/** Less of a secret than this tells nothing. */
const PART_MIN_LENGTH = 4
const PART_MAX_LENGTH = 4096

/**
 * A function that masks secrets in a text: the values of `env`, what a cut left of them, and well-known tokens. It
 * takes time linear in the text, whatever the text and the values are.
 */
export function createRedactor(env: Readonly<Record<string, string>> | undefined): (text: string) => string {
  const values = Object.values(env ?? {}).filter((value) => value.length >= SECRET_MIN_LENGTH)
  if (values.length === 0) return (text) => maskSpans(text, findSecretTokens(text))
  // JSON text holds values escaped.
  const secrets = [...new Set(values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]))]
  const literals = new LiteralMatcher(secrets)
  let backwards: LiteralMatcher | null = null
  return (text) => {
    const spans = [...literals.find(text), ...findSecretTokens(text)]
    const cuts = findCuts(text)
    if (cuts.length > 0) {
      backwards ??= new LiteralMatcher(secrets.map((secret) => reversed(secret)))
      spans.push(...findParts(text, cuts, { literals, backwards }))
    }
    return maskSpans(text, spans)
  }
}

/** Spans that overlap are one secret. */
function maskSpans(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text
  let masked = ''
  let done = 0
  let [from, to] = [0, 0]
  for (const span of spans.toSorted((one, other) => one[0] - other[0])) {
    if (span[0] < to) to = Math.max(to, span[1])
    else {
      if (to > 0) masked += text.slice(done, from) + MASK
      done = to
      ;[from, to] = span
    }
  }
  return `${masked}${text.slice(done, from)}${MASK}${text.slice(to)}`
}

/** The first and the last cuts: what a program prints lies between, or is a program that hides nothing. */
function findCuts(text: string): Span[] {
  const cuts = [...text.matchAll(CUT)].map((cut): Span => [cut.index, cut.index + cut[0].length])
  return cuts.filter((_, index) => index < CUTS_MAX / 2 || index >= cuts.length - CUTS_MAX / 2)
}

/** What is left of secrets the cuts went through: a beginning before the cut, an end after it. */
function findParts(
  text: string,
  cuts: readonly Span[],
  { literals, backwards }: { literals: LiteralMatcher; backwards: LiteralMatcher },
): Span[] {
  return cuts.flatMap(([from, to]) => {
    const before = literals.overlap(text.slice(Math.max(0, from - PART_MAX_LENGTH), from))
    const after = backwards.overlap(reversed(text.slice(to, to + PART_MAX_LENGTH)))
    const parts: Span[] = [
      [from - before, from],
      [to, to + after],
    ]
    return parts.filter(([start, end]) => end - start >= PART_MIN_LENGTH)
  })
}

function reversed(text: string): string {
  return text.split('').toReversed().join('')
}

/** Text looked through at once; the event loop gets a turn before more of it. */
const TURN_LENGTH = 131_072

/**
 * The record as it may be kept: content switched off is gone, what stays is masked. A promise where there is so
 * much text that other work gets its turn meanwhile.
 */
export function applyContentPolicy<Record extends StartedRecord | ExecutionRecord>(
  record: Record,
  policy: ContentPolicy,
  redact: (text: string) => string,
): Record | Promise<Record> {
  const kept = { ...record }
  const long: Field[] = []
  let looked = 0
  for (const field of CONTENT) {
    const value: unknown = Reflect.get(kept, field)
    if (typeof value !== 'string') continue
    if (!isKept(field, policy)) Reflect.set(kept, field, fieldOf(field).nullable ? null : '')
    else if (policy.mask.includes(field)) {
      looked += value.length
      if (looked > TURN_LENGTH) long.push(field)
      else Reflect.set(kept, field, redact(value.toWellFormed()))
    }
  }
  return long.length === 0 ? kept : maskInTurns(kept, long, redact)
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
