/** Tokens known by the shape their issuers give them. Every pattern takes time linear in the text, whatever it is. */
import type { Span } from './literal-matcher.ts'

/**
 * Each alternative fails or matches within the run of characters it began in, and begins once in each run; JSON web
 * tokens, which may begin anywhere in a run, are sought by hand.
 */
const SHAPES = new RegExp(
  [
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
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
    String.raw`(?<=\bBearer )[A-Za-z0-9._~+/-]{16,}=*`,
    String.raw`(?<=:\/\/[^\s:/@]{1,64}:)[^\s@/]{3,}(?=@)`,
  ].join('|'),
  'gu',
)

/** Every place where a token stands. */
export function findSecretTokens(text: string): Span[] {
  const found = findWebTokens(text)
  SHAPES.lastIndex = 0
  for (let match = SHAPES.exec(text); match !== null; match = SHAPES.exec(text))
    found.push([match.index, match.index + match[0].length])
  return found
}

const WEB_TOKEN_START = 'eyJ'
/** Of the parts of a token, the first with its `eyJ`. */
const HEADER_MIN = 11
const PART_MIN = 8
const [POINT, LOW_LINE, HYPHEN] = [46, 95, 45]

/** Header, claims and signature, with points between. Each part of the text is read three times at most. */
function findWebTokens(text: string): Span[] {
  const found: Span[] = []
  for (let at = text.indexOf(WEB_TOKEN_START); at >= 0;) {
    let from = at + 1
    if (at === 0 || !isWord(text.charCodeAt(at - 1))) {
      const header = endOfRun(text, at)
      const claims = header - at >= HEADER_MIN ? endOfPart(text, header) : null
      const signature = claims === null ? null : endOfPart(text, claims)
      if (signature !== null) found.push([at, signature])
      // A later start in the same run would have the same parts after it.
      from = signature ?? header
    }
    at = text.indexOf(WEB_TOKEN_START, from)
  }
  return found
}

/** Where the part ends that begins with the point at `point`; null where there is none or it is too short. */
function endOfPart(text: string, point: number): number | null {
  if (text.charCodeAt(point) !== POINT) return null
  const end = endOfRun(text, point + 1)
  return end - point - 1 >= PART_MIN ? end : null
}

function endOfRun(text: string, from: number): number {
  let end = from
  while (end < text.length && isPartUnit(text.charCodeAt(end))) end += 1
  return end
}

function isPartUnit(unit: number): boolean {
  return isWord(unit) || unit === HYPHEN
}

function isWord(unit: number): boolean {
  const letter = unit | 32
  return (letter >= 97 && letter <= 122) || (unit >= 48 && unit <= 57) || unit === LOW_LINE
}
