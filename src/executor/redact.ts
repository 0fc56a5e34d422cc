/** Secrets masked in what is recorded, before it leaves the process; the caller's own result keeps them. */
import type { Config } from '../config.ts'
import type { ExecutionRecord, StartedRecord } from '../execution.ts'
import { cutHead, cutMiddle } from '../telemetry/safe-values.ts'

/** What is kept of an execution's content, and in which fields secrets are masked. Sizes and hashes always stay. */
export type ContentPolicy = Config['content']

const FIELDS = ['code', 'input', 'stdout', 'stderr', 'result', 'errorMessage', 'errorStack'] as const
type Field = (typeof FIELDS)[number]

const MASK = '[masked]'
/** Shorter values of the environment are words, not secrets. */
const SECRET_MIN_LENGTH = 6
/** More than is ever recorded, so that no secret is cut in half before it is masked. */
const SCAN_MAX_BYTES = 262_144

/** Shapes that well-known issuers give their tokens. */
const TOKEN_SHAPES = [
  String.raw`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
  String.raw`\bgh[opusr]_[A-Za-z0-9]{36,}\b`,
  String.raw`\bgithub_pat_[A-Za-z0-9_]{40,}\b`,
  String.raw`\bglpat-[A-Za-z0-9_-]{20,}`,
  String.raw`\bsk-[A-Za-z0-9_-]{20,}`,
  String.raw`\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}\b`,
  String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`,
  String.raw`\bAIza[A-Za-z0-9_-]{35}`,
  String.raw`\bnpm_[A-Za-z0-9]{36}\b`,
  String.raw`\be2b_[0-9a-f]{40}\b`,
  String.raw`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`,
  String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
  String.raw`(?<=\bBearer )[A-Za-z0-9._~+/-]{16,}=*`,
  String.raw`(?<=:\/\/[^\s:/@]{1,64}:)[^\s@/]{3,}(?=@)`,
]

/** A function that masks secrets in a text: the values of `env` and well-known token shapes. */
export function createRedactor(env: Readonly<Record<string, string>> | undefined): (text: string) => string {
  const values = Object.values(env ?? {}).filter((value) => value.length >= SECRET_MIN_LENGTH)
  // Longest first, so that a secret that contains another is masked whole; JSON text holds values escaped.
  const literals = [
    ...new Set(values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])),
  ].toSorted((a, b) => b.length - a.length)
  const pattern = new RegExp(
    [...literals.map((value) => RegExp.escape(value)), ...TOKEN_SHAPES].join('|'),
    'gu',
  )
  return (text) => maskCut(text, literals).replaceAll(pattern, MASK)
}

/** Where output was cut in the middle; see `Capture` and `cutMiddle`. */
const CUT = /\n… \d+ bytes left out …\n/gu
/** A text is cut twice at most; a program may print what looks like many more. */
const CUTS_MAX = 8
/** Less of a secret than this tells nothing. */
const PART_MIN_LENGTH = 4
const PART_MAX_LENGTH = 4096

/** Masks what is left of a secret the cut went through: its beginning before the cut, its end after it. */
function maskCut(text: string, literals: readonly string[]): string {
  const cuts = literals.length === 0 ? [] : [...text.matchAll(CUT)]
  let masked = ''
  let from = 0
  for (const [index, cut] of cuts.entries()) {
    // The first and the last ones: what a program prints lies between, or is a program that hides nothing.
    if (index >= CUTS_MAX / 2 && index < cuts.length - CUTS_MAX / 2) continue
    masked += maskEdges(text.slice(from, cut.index), literals, from === 0 ? 'end' : 'both') + cut[0]
    from = cut.index + cut[0].length
  }
  return from === 0 ? text : masked + maskEdges(text.slice(from), literals, 'start')
}

function maskEdges(text: string, literals: readonly string[], edge: 'start' | 'end' | 'both'): string {
  const tail = text.slice(-PART_MAX_LENGTH)
  const head = reversed(text.slice(0, PART_MAX_LENGTH))
  let [starts, ends] = [0, 0]
  for (const secret of literals) {
    if (edge !== 'start') ends = Math.max(ends, longestOverlap(secret, tail))
    if (edge !== 'end') starts = Math.max(starts, longestOverlap(reversed(secret), head))
  }
  const kept = text.slice(starts, Math.max(starts, text.length - ends))
  return `${starts > 0 ? MASK : ''}${kept}${ends > 0 ? MASK : ''}`
}

/** Units of the longest beginning of `secret`, but not all of it, that `text` ends with. One pass over each. */
function longestOverlap(secret: string, text: string): number {
  const tail = text.slice(-Math.min(secret.length - 1, PART_MAX_LENGTH))
  const longest = Math.min(secret.length, tail.length)
  // Of each beginning, the length of the longest shorter one it ends with (Knuth, Morris and Pratt).
  const fallback = new Uint16Array(longest + 1)
  const step = (matched: number, unit: number): number => {
    let length = matched
    while (length > 0 && (length === longest || secret.charCodeAt(length) !== unit))
      length = fallback[length] ?? 0
    return secret.charCodeAt(length) === unit ? length + 1 : 0
  }
  for (let at = 1; at < longest; at += 1) fallback[at + 1] = step(fallback[at] ?? 0, secret.charCodeAt(at))
  let matched = 0
  for (let at = 0; at < tail.length; at += 1) matched = step(matched, tail.charCodeAt(at))
  return matched >= PART_MIN_LENGTH ? matched : 0
}

function reversed(text: string): string {
  return text.split('').reverse().join('')
}

/** The record as it may be kept: content switched off is gone, what stays is masked. */
export function applyContentPolicy<Record extends StartedRecord | ExecutionRecord>(
  record: Record,
  policy: ContentPolicy,
  redact: (text: string) => string,
): Record {
  const kept = { ...record }
  for (const field of FIELDS) {
    const value: unknown = Reflect.get(kept, field)
    if (typeof value !== 'string') continue
    if (!isKept(field, policy)) Reflect.set(kept, field, field === 'stdout' || field === 'stderr' ? '' : null)
    else if (policy.mask.includes(field)) Reflect.set(kept, field, redact(shorten(field, value)))
  }
  return kept
}

function isKept(field: Field, { keep }: ContentPolicy): boolean {
  return field === 'errorMessage' || field === 'errorStack' || keep.includes(field)
}

function shorten(field: Field, text: string): string {
  return field === 'stdout' || field === 'stderr'
    ? cutMiddle(text, SCAN_MAX_BYTES)
    : cutHead(text, SCAN_MAX_BYTES)
}
