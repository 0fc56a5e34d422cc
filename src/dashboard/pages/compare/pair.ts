/** What the address of a comparison says. */

export interface Pair {
  a?: string | undefined
  b?: string | undefined
  /** Fields that are the same are shown as well. */
  show?: 'all' | undefined
}

export function readPair({ a, b, show }: Readonly<Record<string, unknown>>): Pair {
  return { a: readId(a), b: readId(b), show: show === 'all' ? 'all' : undefined }
}

function readId(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined
}
