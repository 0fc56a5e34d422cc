/** A statement refused before it reaches the engine. `code` is ClickHouse's error code. */
export class RefusedStatement extends Error {
  override readonly name = 'RefusedStatement'
  readonly code: number
  /** The word of the statement that is the cause. */
  readonly word: string | undefined
  constructor(code: number, message: string, word?: string) {
    super(message)
    this.code = code
    this.word = word
  }
}

/** Access denied: code 497. */
export function denied(message: string, word?: string): RefusedStatement {
  return new RefusedStatement(497, message, word)
}
