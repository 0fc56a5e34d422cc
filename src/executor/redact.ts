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
/** Less of a secret than this tells nothing. */
const PART_MIN_LENGTH = 4
const PART_MAX_LENGTH = 4096

/** Masks what is left of a secret the cut went through: its beginning before the cut, its end after it. */
function maskCut(text: string, literals: readonly string[]): string {
  const cuts = [...text.matchAll(CUT)]
  if (cuts.length === 0 || literals.length === 0) return text
  let masked = ''
  let from = 0
  for (const cut of cuts) {
    masked += maskEdges(text.slice(from, cut.index), literals, from === 0 ? 'end' : 'both') + cut[0]
    from = cut.index + cut[0].length
  }
  return masked + maskEdges(text.slice(from), literals, 'start')
}

function maskEdges(text: string, literals: readonly string[], edge: 'start' | 'end' | 'both'): string {
  const ends =
    edge === 'start' ? 0 : longestPart(literals, (secret, length) => text.endsWith(secret.slice(0, length)))
  const starts =
    edge === 'end' ? 0 : longestPart(literals, (secret, length) => text.startsWith(secret.slice(-length)))
  const kept = text.slice(starts, Math.max(starts, text.length - ends))
  return `${starts > 0 ? MASK : ''}${kept}${ends > 0 ? MASK : ''}`
}

function longestPart(
  literals: readonly string[],
  isThere: (secret: string, length: number) => boolean,
): number {
  let longest = 0
  for (const secret of literals)
    for (let length = Math.min(secret.length - 1, PART_MAX_LENGTH); length > longest; length -= 1)
      if (length >= PART_MIN_LENGTH && isThere(secret, length)) longest = length
  return longest
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
