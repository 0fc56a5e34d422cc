/** Finds tokens by the formats of their issuers. Every pattern takes linear time for any text. */
import type { TextRange } from './literal-matcher.ts'

/**
 * Each alternative starts once in a run of characters and matches or fails within it. JSON web tokens can start anywhere
 * in a run, so `findWebTokens` finds them.
 */
const TOKENS = new RegExp(
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
  ].join('|'),
  'gu',
)
/** What precedes a token is matched with it: looking back at every character takes several times as long. */
const BEARER = /\bBearer (?<token>[A-Za-z0-9._~+/-]{16,}=*)/dgu
const URL_START = '://'
const PASSWORD = /[^\t-\r :/@]{1,64}:(?<token>[^\t-\r @/]{3,})(?=@)/duy

/** All tokens in a text. */
export function findSecretTokens(text: string): TextRange[] {
  const found = [...findWebTokens(text), ...findBearers(text), ...findPasswords(text)]
  TOKENS.lastIndex = 0
  for (let match = TOKENS.exec(text); match !== null; match = TOKENS.exec(text))
    found.push([match.index, match.index + match[0].length])
  return found
}

function findBearers(text: string): TextRange[] {
  return [...text.matchAll(BEARER)].flatMap(({ indices }): TextRange[] => {
    const range = indices?.groups?.['token']
    return range === undefined ? [] : [range]
  })
}

/** Of URLs with a user and a password. */
function findPasswords(text: string): TextRange[] {
  const found: TextRange[] = []
  for (let at = text.indexOf(URL_START); at >= 0; at = text.indexOf(URL_START, at + 1)) {
    PASSWORD.lastIndex = at + URL_START.length
    const range = PASSWORD.exec(text)?.indices?.groups?.['token']
    if (range !== undefined) found.push(range)
  }
  return found
}

const WEB_TOKEN_START = 'eyJ'
/** Minimum length of a token's header with its `eyJ`, and of its other parts. */
const HEADER_MIN = 11
const PART_MIN = 8
const [DOT, UNDERSCORE, HYPHEN] = [46, 95, 45]

/** Header, claims and signature, separated by dots. Reads each part of the text at most three times. */
function findWebTokens(text: string): TextRange[] {
  const found: TextRange[] = []
  for (let at = text.indexOf(WEB_TOKEN_START); at >= 0;) {
    let from = at + 1
    if (at === 0 || !isWord(text.charCodeAt(at - 1))) {
      const header = endOfRun(text, at)
      const claims = header - at >= HEADER_MIN ? endOfPart(text, header) : null
      const signature = claims === null ? null : endOfPart(text, claims)
      if (signature !== null) found.push([at, signature])
      // A later start in the same run would be followed by the same parts.
      from = signature ?? header
    }
    at = text.indexOf(WEB_TOKEN_START, from)
  }
  return found
}

/** End of the part after the dot at `dot`; null when there is none or it is too short. */
function endOfPart(text: string, dot: number): number | null {
  if (text.charCodeAt(dot) !== DOT) return null
  const end = endOfRun(text, dot + 1)
  return end - dot - 1 >= PART_MIN ? end : null
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
  return (letter >= 97 && letter <= 122) || (unit >= 48 && unit <= 57) || unit === UNDERSCORE
}
