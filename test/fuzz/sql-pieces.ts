/** What statements at random are made of. */
import fc from 'fast-check'

export interface Reach {
  /** A file of the host. */
  file: string
  /** A file that must not come to be. */
  out: string
  /** A server of the host. */
  url: string
  functions: readonly string[]
  tableFunctions: readonly string[]
  formats: readonly string[]
}

export type Text = fc.Arbitrary<string>

export const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Pieces joined, each fixed or drawn. */
export function joined(...pieces: readonly (string | Text)[]): Text {
  return fc
    .tuple(...pieces.map((piece) => (typeof piece === 'string' ? fc.constant(piece) : piece)))
    .map((drawn) => drawn.join(''))
}
