import { createHash } from 'node:crypto'

const FRAMES = 5

/**
 * Groups errors that differ only in ids, numbers and paths: the first 16 hex digits of SHA-256 over type,
 * message with its variable parts replaced, and the first five frames without line numbers.
 */
export function fingerprintError(type: string, message: string, stack: string | null): string {
  const frames = (stack ?? '')
    .split('\n')
    .filter((line) => /^\s*(?:at |File ")/u.test(line))
    .slice(0, FRAMES)
    .map((line) => normalizeText(line.replaceAll(/:\d+|line \d+/gu, '')))
  return createHash('sha256')
    .update([type, normalizeText(message), ...frames].join('\n'))
    .digest('hex')
    .slice(0, 16)
}

/** Replaces the variable parts of an error's text, in its first 2,000 characters and in linear time. */
function normalizeText(text: string): string {
  return text
    .slice(0, 2000)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/giu, '<uuid>')
    .replaceAll(/https?:\/\/[^\s'")]+/gu, '<url>')
    .replaceAll(/(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+/gu, '<email>')
    .replaceAll(/\d{4}-\d{2}-\d{2}[T ][\d:.]+Z?/gu, '<time>')
    .replaceAll(/0x[0-9a-f]+/giu, '<address>')
    .replaceAll(/(?:\/[\w.@-]+){2,}/gu, '<path>')
    .replaceAll(/\b[0-9a-f]{16,}\b/giu, '<hex>')
    .replaceAll(/'[^']{40,}'|"[^"]{40,}"/gu, '<text>')
    .replaceAll(/\d+/gu, '<n>')
    .trim()
}
